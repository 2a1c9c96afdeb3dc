import type { HostAutomaton } from './automaton.ts';
import { type Found, findHost, type Scanner, searchHost } from './search.ts';

/** Enough for expressions as people write them; the rest go without. */
const maxSteps = 5_000;

/**
 * Whether `wider` accepts every host that `narrower` accepts, upper and lower
 * case and all strings of host characters considered, but not the empty name.
 * Exact, or unknown when telling takes more than `maxSteps`: about so many
 * states, of up to as many positions as `wider` has, are kept meanwhile.
 */
export function covers(
    wider: HostAutomaton,
    narrower: HostAutomaton,
): boolean | 'unknown' {
    const found = findDifference(narrower, wider);
    return found.kind === 'unknown' ? 'unknown' : found.kind === 'none';
}

/**
 * A shortest host name that `wider` accepts and `narrower` does not: what
 * keeps `narrower` from covering `wider`. See `covers` for its limits.
 */
export function findDifference(
    wider: HostAutomaton,
    narrower: HostAutomaton,
): Found {
    return searchHost(wider, scannerOf(narrower), false, maxSteps);
}

/** A shortest host name that both accept; null when there is none. */
export function findCommon(
    one: HostAutomaton,
    other: HostAutomaton,
): string | null {
    return findHost(one, scannerOf(other), true);
}

interface Subset {
    /** The positions that can take the next character. */
    readonly positions: readonly number[];
    readonly isMatch: boolean;
}

/** Follows all positions at once; its states are numbered as they come up. */
function scannerOf(automaton: HostAutomaton): Scanner<number> {
    const subsets: Subset[] = [];
    const numbers = new Map<string, number>();
    const numberOf = (subset: Subset): number => {
        const key = `${subset.isMatch} ${subset.positions.join(' ')}`;
        const number = numbers.get(key) ?? subsets.push(subset) - 1;
        numbers.set(key, number);
        return number;
    };
    return {
        start: numberOf({
            positions: sorted(automaton.first),
            isMatch: automaton.matchesEmpty,
        }),
        step: (state, character) =>
            numberOf(advance(automaton, subsets[state], character)),
        isMatch: (state) => subsets[state]?.isMatch ?? false,
    };
}

function advance(
    { sets, following, last }: HostAutomaton,
    subset: Subset | undefined,
    character: string,
): Subset {
    const taking = (subset?.positions ?? []).filter((position) =>
        sets[position]?.includes(character),
    );
    return {
        positions: sorted(
            taking.flatMap((position) => following[position] ?? []),
        ),
        isMatch: taking.some((position) => last.has(position)),
    };
}

function sorted(positions: readonly number[]): number[] {
    return [...new Set(positions)].sort((a, b) => a - b);
}
