// What an expression means on host names: sets of host characters instead of
// all the ways to write them, no groups, and nothing that can never match.
import { type HostSet, hostCharacters } from './host-set.ts';
import {
    everywhere,
    type Neighbours,
    neighboursOf,
    type Places,
} from './places.ts';

export type HostExpression =
    | { readonly kind: 'set'; readonly members: HostSet }
    /** Nothing, at one of these places. */
    | { readonly kind: 'assertion'; readonly places: Places }
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

/** Where it matches the empty string. */
export function emptyPlacesOf(expression: HostExpression): Places {
    switch (expression.kind) {
        case 'set':
            return 0;
        case 'assertion':
            return expression.places;
        case 'sequence':
            return expression.parts.reduce(
                (places, part) => places & emptyPlacesOf(part),
                everywhere,
            );
        case 'choice':
            return expression.branches.reduce(
                (places, branch) => places | emptyPlacesOf(branch),
                0,
            );
        case 'repeat':
            return expression.min === 0
                ? everywhere
                : emptyPlacesOf(expression.body);
    }
}

/** True when it matches the empty string, wherever that is. */
export function matchesEmpty(expression: HostExpression): boolean {
    return emptyPlacesOf(expression) === everywhere;
}

/** True when it matches the empty string at some place. */
export function mayBeEmpty(expression: HostExpression): boolean {
    return emptyPlacesOf(expression) !== 0;
}

/** True when it asks where in the string it is. */
export function hasAssertions(expression: HostExpression): boolean {
    return hasPart(expression, (part) => part.kind === 'assertion');
}

/** What the first characters of its matches can be. */
export function firstsOf(expression: HostExpression): Neighbours {
    return outermostOf(expression, (parts) => parts);
}

/** What the last characters of its matches can be. */
export function lastsOf(expression: HostExpression): Neighbours {
    return outermostOf(expression, (parts) => parts.toReversed());
}

function outermostOf(
    expression: HostExpression,
    order: (parts: readonly HostExpression[]) => readonly HostExpression[],
): Neighbours {
    switch (expression.kind) {
        case 'set':
            return neighboursOf(expression.members);
        case 'assertion':
            return 0;
        case 'sequence': {
            const parts = order(expression.parts);
            const firm = parts.findIndex((part) => !mayBeEmpty(part));
            const outer = firm === -1 ? parts : parts.slice(0, firm + 1);
            return outer.reduce(
                (all, part) => all | outermostOf(part, order),
                0,
            );
        }
        case 'choice':
            return expression.branches.reduce(
                (all, branch) => all | outermostOf(branch, order),
                0,
            );
        case 'repeat':
            return outermostOf(expression.body, order);
    }
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
