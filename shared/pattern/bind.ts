// From "searched in the host name" to "is the whole host name".

import { choiceOf, sequenceOf } from './build-expression.ts';
import { fault } from './fault.ts';
import {
    anyString,
    type EdgeSide,
    emptyString,
    type HostExpression,
    hasPart,
} from './host-expression.ts';

/**
 * The expression without anchors whose matches are exactly the strings of
 * host characters in which `expression` is found. Faults at an anchor that
 * is not at the edge of a branch.
 */
export function bindEdges(expression: HostExpression): HostExpression {
    return bindSide(bindSide(expression, 'start', anyString), 'end', anyString);
}

/** `open` is what may stand between the edge and the expression. */
function bindSide(
    expression: HostExpression,
    side: EdgeSide,
    open: HostExpression,
): HostExpression {
    if (!hasEdge(expression, side)) {
        return join(side, open, expression);
    }
    switch (expression.kind) {
        case 'edge':
            return emptyString;
        case 'choice':
            return bindBranches(expression.branches, side, open);
        case 'sequence':
            return bindParts(expression.parts, side, open);
        default:
            refuseEdges(expression, side);
            return expression;
    }
}

function bindBranches(
    branches: readonly HostExpression[],
    side: EdgeSide,
    open: HostExpression,
): HostExpression {
    const held = branches.filter((branch) => hasEdge(branch, side));
    const free = branches.filter((branch) => !hasEdge(branch, side));
    return choiceOf([
        ...held.map((branch) => bindSide(branch, side, open)),
        join(side, open, choiceOf(free)),
    ]);
}

function bindParts(
    parts: readonly HostExpression[],
    side: EdgeSide,
    open: HostExpression,
): HostExpression {
    const outer = parts.at(side === 'start' ? 0 : -1) ?? emptyString;
    const inner = sequenceOf(
        side === 'start' ? parts.slice(1) : parts.slice(0, -1),
    );
    if (outer.kind === 'edge' && outer.side === side) {
        return bindSide(inner, side, emptyString);
    }
    refuseEdges(inner, side);
    return join(side, bindSide(outer, side, open), inner);
}

/** `outer` lies nearer to the edge than `inner`. */
function join(
    side: EdgeSide,
    outer: HostExpression,
    inner: HostExpression,
): HostExpression {
    return sequenceOf(side === 'start' ? [outer, inner] : [inner, outer]);
}

function hasEdge(expression: HostExpression, side: EdgeSide): boolean {
    return hasPart(
        expression,
        (part) => part.kind === 'edge' && part.side === side,
    );
}

function refuseEdges(expression: HostExpression, side: EdgeSide): void {
    hasPart(expression, (part) =>
        part.kind === 'edge' && part.side === side
            ? fault(part.at, misplaced[side])
            : false,
    );
}

const misplaced: Readonly<Record<EdgeSide, string>> = {
    start:
        'the start of the name ("^") can only be asked for at the beginning ' +
        'of a branch, as in "^a|^b" or "(^|\\.)a"',
    end:
        'the end of the name ("$") can only be asked for at the end of a ' +
        'branch, as in "a$|b$" or "a(\\.|$)"',
};
