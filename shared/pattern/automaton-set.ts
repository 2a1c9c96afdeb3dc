// Many automata followed at once, as one deterministic automaton whose states
// are worked out when they are first reached (as RE2 and grep do).
import { foldCase, type HostAutomaton } from './automaton.ts';
import { allCharacters } from './host-set.ts';
import { type MergedAutomaton, mergeStarts } from './merge-starts.ts';

/** Positions in kept states: some 50 MB. */
const defaultMaxKept = 4_000_000;

/** What a state costs beside its positions, in positions. */
const stateCost = 100;

interface State {
    /** Those of the merged automaton that took the last character. */
    readonly positions: Uint32Array;
    /** Where each character leads, as far as is known. */
    readonly next: (State | undefined)[];
    /** The automata that accept here, once that was asked. */
    accepting: readonly number[] | null;
}

/**
 * Tells which of many automata accept a host. What they have in common at
 * their start is followed once. Takes time linear in the length of the host
 * once the states it meets are known; a new state takes as long as following
 * the positions that are possible there. What is known is dropped whenever it
 * holds more than `maxKept` positions, so that memory is bounded by that and
 * by the automata.
 */
export class AutomatonSet {
    readonly #merged: MergedAutomaton;
    readonly #acceptingEmpty: readonly number[];
    readonly #maxKept: number;
    /** What follows each position with each character, once it was asked. */
    readonly #moves = new Map<number, readonly (readonly number[])[]>();
    readonly #firstMoves: readonly (readonly number[])[];
    #start = newState(new Uint32Array());
    #known = new Map<number, State[]>();
    #kept = 0;
    #built = 0;

    constructor(
        automata: readonly HostAutomaton[],
        maxKept: number = defaultMaxKept,
    ) {
        this.#merged = mergeStarts(automata);
        this.#maxKept = maxKept;
        this.#firstMoves = this.#sortByCharacter(this.#merged.first);
        this.#acceptingEmpty = automata.flatMap(({ matchesEmpty }, index) =>
            matchesEmpty ? [index] : [],
        );
    }

    /** How many states had to be worked out so far, for tests. */
    get built(): number {
        return this.#built;
    }

    /** The indexes of the automata that accept a host, in order. */
    matchAll(host: string): readonly number[] {
        let state = this.#start;
        for (const character of foldCase(host)) {
            const at = allCharacters.indexOf(character);
            if (at < 0) {
                return [];
            }
            state = state.next[at] ?? this.#build(state, at);
        }
        state.accepting ??= this.#acceptingAt(state);
        return host === '' ? this.#acceptingEmpty : state.accepting;
    }

    #build(from: State, at: number): State {
        const reached = new Set(
            from === this.#start ? this.#firstMoves[at] : [],
        );
        for (const position of from.positions) {
            for (const next of this.#movesOf(position)[at] ?? []) {
                reached.add(next);
            }
        }
        const state = this.#remember(Uint32Array.from(reached).sort());
        from.next[at] = state;
        return state;
    }

    #movesOf(position: number): readonly (readonly number[])[] {
        const known =
            this.#moves.get(position) ??
            this.#sortByCharacter(this.#merged.following[position] ?? []);
        this.#moves.set(position, known);
        return known;
    }

    #sortByCharacter(positions: readonly number[]): number[][] {
        const sorted: number[][] = [...allCharacters].map(() => []);
        for (const position of positions) {
            for (const character of this.#merged.sets[position] ?? '') {
                sorted[allCharacters.indexOf(character)]?.push(position);
            }
        }
        return sorted;
    }

    /** The state of these positions, a known one if there is one. */
    #remember(positions: Uint32Array): State {
        const key = hashOf(positions);
        const known = this.#known
            .get(key)
            ?.find((one) => isSame(one.positions, positions));
        if (known !== undefined) {
            return known;
        }
        this.#built += 1;
        this.#kept += positions.length + stateCost;
        if (this.#kept > this.#maxKept) {
            this.#start = newState(new Uint32Array());
            this.#known = new Map();
            this.#kept = positions.length + stateCost;
        }
        const state = newState(positions);
        this.#known.set(key, [...(this.#known.get(key) ?? []), state]);
        return state;
    }

    #acceptingAt({ positions }: State): number[] {
        const accepting = [...positions].flatMap(
            (position) => this.#merged.accepting[position] ?? [],
        );
        return [...new Set(accepting)].sort((a, b) => a - b);
    }
}

function newState(positions: Uint32Array): State {
    return { positions, next: [], accepting: null };
}

/** FNV-1a over whole numbers. */
function hashOf(positions: Uint32Array): number {
    return positions.reduce(
        (hash, position) => Math.imul(hash ^ position, 0x01000193),
        0x811c9dc5,
    );
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
    return (
        one.length === other.length &&
        one.every((position, index) => position === other[index])
    );
}
