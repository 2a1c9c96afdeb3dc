// Many automata as one in which what they have in common at their start is
// there once, as in a trie. Positions that the same strings lead to are one
// (the coarsest backward bisimulation, by refining a partition).
import type { HostAutomaton } from './automaton.ts';
import type { HostSet } from './host-set.ts';

export interface MergedAutomaton {
    /** The characters that each state takes. */
    readonly sets: readonly HostSet[];
    readonly following: readonly (readonly number[])[];
    readonly first: readonly number[];
    /** The automata that accept after each state, in order. */
    readonly accepting: readonly (readonly number[])[];
}

/** Accepts with each automaton what that accepts, but for the empty string. */
export function mergeStarts(
    automata: readonly HostAutomaton[],
): MergedAutomaton {
    const all = joinAutomata(automata);
    const stateOf = new Partition(all).refine();
    const count = Math.max(-1, ...new Set(stateOf)) + 1;
    const sets: HostSet[] = Array.from({ length: count }, () => '');
    const following = Array.from({ length: count }, () => new Set<number>());
    const accepting = Array.from({ length: count }, () => new Set<number>());
    for (const [position, state] of stateOf.entries()) {
        sets[state] = all.sets[position] ?? '';
        for (const next of all.following[position] ?? []) {
            following[state]?.add(stateOf[next] ?? 0);
        }
        const owner = all.lastOf[position] ?? null;
        if (owner !== null) {
            accepting[state]?.add(owner);
        }
    }
    return {
        sets,
        following: following.map((states) => [...states]),
        first: [...new Set(all.first.map((each) => stateOf[each] ?? 0))],
        accepting: accepting.map((owners) => [...owners]),
    };
}

interface Joined extends Pick<HostAutomaton, 'sets' | 'following' | 'first'> {
    /** The automaton of which each position can be the last, if it can. */
    readonly lastOf: readonly (number | null)[];
}

function joinAutomata(automata: readonly HostAutomaton[]): Joined {
    const sets: HostSet[] = [];
    const following: number[][] = [];
    const first: number[] = [];
    const lastOf: (number | null)[] = [];
    for (const [owner, automaton] of automata.entries()) {
        const base = sets.length;
        first.push(...automaton.first.map((position) => base + position));
        for (const [position, set] of automaton.sets.entries()) {
            const next = automaton.following[position] ?? [];
            sets.push(set);
            following.push(next.map((each) => base + each));
            lastOf.push(automaton.last.has(position) ? owner : null);
        }
    }
    return { sets, following, first, lastOf };
}

/** Positions in classes, which are split until all in one are alike. */
class Partition {
    readonly #following: readonly (readonly number[])[];
    readonly #preceding: number[][];
    readonly #classOf: number[] = [];
    readonly #members: number[][] = [];
    /** The classes that lead to each position. */
    readonly #keys: string[] = [];

    constructor({ sets, following, first }: Joined) {
        this.#following = following;
        this.#preceding = sets.map(() => []);
        for (const [position, next] of following.entries()) {
            for (const each of next) {
                this.#preceding[each]?.push(position);
            }
        }
        const isFirst = new Set(first);
        const groups = groupBy(
            [...sets.keys()],
            (position) => `${isFirst.has(position)} ${sets[position]}`,
        );
        for (const group of groups.values()) {
            this.#addClass(group);
        }
    }

    /** The class of each position, numbered from 0. */
    refine(): readonly number[] {
        let changed: Iterable<number> = this.#classOf.keys();
        for (;;) {
            const touched = new Set<number>();
            for (const position of changed) {
                this.#keys[position] = this.#keyOf(position);
                touched.add(this.#classOf[position] ?? 0);
            }
            if (touched.size === 0) {
                return this.#classOf;
            }
            const moved = [...touched].flatMap((each) => this.#split(each));
            changed = new Set(
                moved.flatMap((position) => this.#following[position] ?? []),
            );
        }
    }

    #keyOf(position: number): string {
        const preceding = this.#preceding[position] ?? [];
        return [...new Set(preceding.map((each) => this.#classOf[each] ?? 0))]
            .sort((a, b) => a - b)
            .join(' ');
    }

    /** Those that are in another class now. */
    #split(old: number): number[] {
        const groups = groupBy(
            this.#members[old] ?? [],
            (position) => this.#keys[position] ?? '',
        );
        const [largest, ...others] = [...groups.values()].sort(
            (a, b) => b.length - a.length,
        );
        this.#members[old] = largest ?? [];
        for (const group of others) {
            this.#addClass(group);
        }
        return others.flat();
    }

    #addClass(positions: number[]): void {
        const added = this.#members.push(positions) - 1;
        for (const position of positions) {
            this.#classOf[position] = added;
        }
    }
}

function groupBy(
    positions: readonly number[],
    keyOf: (position: number) => string,
): Map<string, number[]> {
    const groups = new Map<string, number[]>();
    for (const position of positions) {
        const key = keyOf(position);
        const group = groups.get(key);
        if (group === undefined) {
            groups.set(key, [position]);
        } else {
            group.push(position);
        }
    }
    return groups;
}
