// Places between the characters of a host, and what an anchor asks of them.
// glibc posix/regcomp.c (re_context_type) and regex_internal.h, read at 2.36:
// an anchor asks what stands before and after the place where it is.
import type { HostSet } from './host-set.ts';
import type { AnchorKind } from './tree.ts';

/** Kinds of what stands beside a place, as bits. */
export type Neighbours = number;

/** The edge of the string; a letter, digit or `_`; any other character. */
export const edge: Neighbours = 0b001;
export const word: Neighbours = 0b010;
export const other: Neighbours = 0b100;
export const anyNeighbour: Neighbours = edge | word | other;

/** Pairs of a neighbour before and one after, as nine bits. */
export type Places = number;

/** The places with one of `before` before and one of `after` after them. */
export function placesBetween(before: Neighbours, after: Neighbours): Places {
    return [edge, word, other]
        .filter((one) => (before & one) !== 0)
        .reduce((places, one) => places | (after << shiftOf(one)), 0);
}

export const everywhere: Places = placesBetween(anyNeighbour, anyNeighbour);

function shiftOf(before: Neighbours): number {
    return before === edge ? 0 : before === word ? 3 : 6;
}

/** What stands before at least one of these places. */
export function beforesOf(places: Places): Neighbours {
    return [edge, word, other]
        .filter((one) => (places & placesBetween(one, anyNeighbour)) !== 0)
        .reduce((all, one) => all | one, 0);
}

/** What stands after at least one of these places. */
export function aftersOf(places: Places): Neighbours {
    return (places | (places >> 3) | (places >> 6)) & anyNeighbour;
}

/** The kinds of neighbour that the members of a set are. */
export function neighboursOf(members: HostSet): Neighbours {
    return (
        (/[a-z0-9_]/.test(members) ? word : 0) |
        (/[^a-z0-9_]/.test(members) ? other : 0)
    );
}

const wordStart = placesBetween(edge | other, word);
const wordEnd = placesBetween(word, edge | other);

/** Where each anchor matches in a host, which has one line only. */
export const anchorPlaces: Readonly<Record<AnchorKind, Places>> = {
    'line-start': placesBetween(edge, anyNeighbour),
    'text-start': placesBetween(edge, anyNeighbour),
    'line-end': placesBetween(anyNeighbour, edge),
    'text-end': placesBetween(anyNeighbour, edge),
    'word-start': wordStart,
    'word-end': wordEnd,
    'word-edge': wordStart | wordEnd,
    'no-word-edge': everywhere & ~(wordStart | wordEnd),
};
