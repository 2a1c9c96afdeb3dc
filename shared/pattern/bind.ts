// From "searched in the host name" to "is the whole host name".
import { choiceOf, sequenceOf, setOf } from './build-expression.ts';
import {
    anyString,
    emptyString,
    type HostExpression,
    hasPart,
} from './host-expression.ts';
import { hostCharacters } from './host-set.ts';
import {
    aftersOf,
    anyNeighbour,
    beforesOf,
    edge,
    neighboursOf,
    type Places,
    placesBetween,
} from './places.ts';
import { settle } from './settle.ts';

type Side = 'start' | 'end';

/**
 * The expression whose matches are exactly the strings of host characters in
 * which `expression` is found. Has assertions only when some are not at the
 * edge of a branch: see `withoutAssertions`.
 */
export function bindEdges(expression: HostExpression): HostExpression {
    return bindSide(bindSide(settle(expression), 'start'), 'end');
}

function bindSide(expression: HostExpression, side: Side): HostExpression {
    if (!isHeld(expression, side)) {
        return join(side, anyString, expression);
    }
    switch (expression.kind) {
        case 'assertion':
            return textBeyond(expression.places, side);
        case 'choice':
            return bindBranches(expression.branches, side);
        case 'sequence':
            return bindParts(expression, expression.parts, side);
        case 'repeat':
            return expression.min === 0 && expression.max === 1
                ? bindBranches([expression.body, emptyString], side)
                : inAnyText(expression, side);
        default:
            return expression;
    }
}

function bindBranches(
    branches: readonly HostExpression[],
    side: Side,
): HostExpression {
    const held = branches.filter((branch) => isHeld(branch, side));
    const free = branches.filter((branch) => !isHeld(branch, side));
    return choiceOf([
        ...held.map((branch) => bindSide(branch, side)),
        join(side, anyString, choiceOf(free)),
    ]);
}

function bindParts(
    whole: HostExpression,
    parts: readonly HostExpression[],
    side: Side,
): HostExpression {
    const outer = parts.at(side === 'start' ? 0 : -1) ?? emptyString;
    const inner = sequenceOf(
        side === 'start' ? parts.slice(1) : parts.slice(0, -1),
    );
    return isHeld(inner, side)
        ? inAnyText(whole, side)
        : join(side, bindSide(outer, side), inner);
}

/** An assertion inside cannot be taken away here. */
function inAnyText(expression: HostExpression, side: Side): HostExpression {
    return join(side, anyString, expression);
}

/** All that can stand between the edge of the string and these places. */
function textBeyond(places: Places, side: Side): HostExpression {
    const beside = side === 'start' ? beforesOf(places) : aftersOf(places);
    const nearest = [...hostCharacters].filter(
        (character) => (neighboursOf(character) & beside) !== 0,
    );
    const text = join(side, anyString, setOf(nearest.join('')));
    return (beside & edge) === 0 ? text : choiceOf([emptyString, text]);
}

/** `outer` lies nearer to the edge than `inner`. */
function join(
    side: Side,
    outer: HostExpression,
    inner: HostExpression,
): HostExpression {
    return sequenceOf(side === 'start' ? [outer, inner] : [inner, outer]);
}

/** True when some part asks about that side, and about no other. */
function isHeld(expression: HostExpression, side: Side): boolean {
    return hasPart(
        expression,
        (part) => part.kind === 'assertion' && looksTo(part.places, side),
    );
}

function looksTo(places: Places, side: Side): boolean {
    return side === 'start'
        ? places === placesBetween(beforesOf(places), anyNeighbour)
        : places === placesBetween(anyNeighbour, aftersOf(places));
}
