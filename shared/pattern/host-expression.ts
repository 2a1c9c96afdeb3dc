// What an expression means on host names: sets of host characters instead of
// all the ways to write them, no groups, and nothing that can never match.
import { type HostSet, hostCharacters } from './host-set.ts';

export type EdgeSide = 'start' | 'end';

export type HostExpression =
    | { readonly kind: 'set'; readonly members: HostSet }
    /** The edge of the string; `at` is where the expression says so. */
    | { readonly kind: 'edge'; readonly side: EdgeSide; readonly at: number }
    /** One after the other; with no parts, the empty string. */
    | { readonly kind: 'sequence'; readonly parts: readonly HostExpression[] }
    /** Any of them; with no branches, nothing at all. */
    | { readonly kind: 'choice'; readonly branches: readonly HostExpression[] }
    | HostRepeat;

export type HostRepeat = {
    readonly kind: 'repeat';
    readonly body: HostExpression;
    readonly min: number;
    readonly max: number | null;
};

export const emptyString: HostExpression = { kind: 'sequence', parts: [] };
export const nothing: HostExpression = { kind: 'choice', branches: [] };
export const anyCharacter: HostExpression = {
    kind: 'set',
    members: hostCharacters,
};

/** Every string of host characters, the empty one too. */
export const anyString: HostExpression = {
    kind: 'repeat',
    body: anyCharacter,
    min: 0,
    max: null,
};

export function isNothing(expression: HostExpression): boolean {
    return expression.kind === 'choice' && expression.branches.length === 0;
}

export function isEmptyString(expression: HostExpression): boolean {
    return expression.kind === 'sequence' && expression.parts.length === 0;
}

/** True for an expression without edges that matches the empty string. */
export function matchesEmpty(expression: HostExpression): boolean {
    switch (expression.kind) {
        case 'set':
        case 'edge':
            return false;
        case 'sequence':
            return expression.parts.every(matchesEmpty);
        case 'choice':
            return expression.branches.some(matchesEmpty);
        case 'repeat':
            return expression.min === 0 || matchesEmpty(expression.body);
    }
}

/** True when it says where the string starts or ends. */
export function hasEdges(expression: HostExpression): boolean {
    return hasPart(expression, (part) => part.kind === 'edge');
}

/** True when some part of it, at whatever depth, is as asked for. */
export function hasPart(
    expression: HostExpression,
    isWanted: (part: HostExpression) => boolean,
): boolean {
    return (
        isWanted(expression) ||
        partsOf(expression).some((part) => hasPart(part, isWanted))
    );
}

function partsOf(expression: HostExpression): readonly HostExpression[] {
    switch (expression.kind) {
        case 'sequence':
            return expression.parts;
        case 'choice':
            return expression.branches;
        case 'repeat':
            return [expression.body];
        default:
            return [];
    }
}
