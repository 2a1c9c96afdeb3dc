// What an assertion asks where it stands: often it always or never holds
// there, or looks at one side only.
import { choiceOf, repeatOf, sequenceOf } from './build-expression.ts';
import {
    emptyString,
    firstsOf,
    type HostExpression,
    hasAssertions,
    lastsOf,
    mayBeEmpty,
    nothing,
} from './host-expression.ts';
import {
    aftersOf,
    anyNeighbour,
    beforesOf,
    type Neighbours,
    type Places,
    placesBetween,
} from './places.ts';

/**
 * The same expression, between `before` and `after`, without assertions that
 * always or never hold, and with those that look at one side only written so:
 * `a(^|\.)b` is `a\.b`, and `\b` in `\bgit` asks only what stands before it.
 */
export function settle(
    expression: HostExpression,
    before: Neighbours = anyNeighbour,
    after: Neighbours = anyNeighbour,
): HostExpression {
    if (!hasAssertions(expression)) {
        return expression;
    }
    switch (expression.kind) {
        case 'set':
            return expression;
        case 'assertion':
            return settleAssertion(expression.places, before, after);
        case 'sequence':
            return sequenceOf(settleParts(expression.parts, before, after));
        case 'choice':
            return choiceOf(
                expression.branches.map((one) => settle(one, before, after)),
            );
        case 'repeat': {
            const { body, min, max } = expression;
            const settled = settle(
                body,
                before | lastsOf(body),
                after | firstsOf(body),
            );
            return repeatOf(settled, min, max);
        }
    }
}

function settleAssertion(
    places: Places,
    before: Neighbours,
    after: Neighbours,
): HostExpression {
    const possible = placesBetween(before, after);
    const held = places & possible;
    const [befores, afters] = [beforesOf(held), aftersOf(held)];
    if (held === 0) {
        return nothing;
    }
    if (held === possible) {
        return emptyString;
    }
    if (held === placesBetween(befores, after)) {
        return assertionOf(placesBetween(befores, anyNeighbour));
    }
    return held === placesBetween(before, afters)
        ? assertionOf(placesBetween(anyNeighbour, afters))
        : assertionOf(held);
}

function assertionOf(places: Places): HostExpression {
    return { kind: 'assertion', places };
}

function settleParts(
    parts: readonly HostExpression[],
    before: Neighbours,
    after: Neighbours,
): HostExpression[] {
    const afters: Neighbours[] = [];
    parts.reduceRight((next, part, index) => {
        afters[index] = next;
        return part.kind === 'assertion'
            ? next & aftersOf(part.places)
            : firstsOf(part) | (mayBeEmpty(part) ? next : 0);
    }, after);
    let previous = before;
    return parts.map((part, index) => {
        const settled = settle(part, previous, afters[index] ?? after);
        previous =
            part.kind === 'assertion'
                ? previous & beforesOf(part.places)
                : lastsOf(part) | (mayBeEmpty(part) ? previous : 0);
        return settled;
    });
}
