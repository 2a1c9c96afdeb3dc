// From positions at places to an automaton that asks for no places any more.
import { repeatOf, setOf } from './build-expression.ts';
import {
    emptyString,
    firstsOf,
    type HostExpression,
    hasAssertions,
    isNothing,
    lastsOf,
} from './host-expression.ts';
import {
    edge,
    everywhere,
    type Neighbours,
    neighboursOf,
    other,
    type Places,
    placesBetween,
    word,
} from './places.ts';
import { type Built, findPositions, type Positions } from './positions.ts';
import { withoutEmpty } from './without-empty.ts';

/** An automaton without empty moves; each takes what a leaf matches. */
export interface LeafAutomaton {
    readonly leaves: readonly HostExpression[];
    /** The leaves that can come after each leaf. */
    readonly following: readonly (readonly number[])[];
    readonly first: readonly number[];
    readonly last: readonly number[];
    readonly matchesEmpty: boolean;
}

export type LeafSize =
    /** Each leaf is a set. */
    | 'set'
    /** Parts without assertions are one leaf each, as far as that goes. */
    | 'part';

/** The automaton of an expression that has to be the whole string. */
export function buildLeafAutomaton(
    expression: HostExpression,
    size: LeafSize,
): LeafAutomaton {
    const leaves = new Leaves(size);
    for (;;) {
        const positions = findPositions(expression, (part) => leaves.of(part));
        const automaton = decide(positions, leaves);
        if (automaton !== null) {
            return automaton;
        }
    }
}

/** What is a leaf: less and less, until no assertion sees half of one. */
class Leaves {
    readonly #size: LeafSize;
    readonly #opened = new Set<HostExpression>();
    readonly #parts = new Map<HostExpression, HostExpression>();
    readonly #openParts = new Map<HostExpression, HostExpression>();

    constructor(size: LeafSize) {
        this.#size = size;
    }

    open(leaf: HostExpression): void {
        this.#opened.add(leaf);
    }

    of(part: HostExpression): Built {
        if (part.kind === 'set') {
            const isOpen = this.#opened.has(part);
            return { leaves: isOpen ? splitSet(part.members) : [part] };
        }
        if (this.#size === 'set' || isNothing(part) || hasAssertions(part)) {
            return { expression: part };
        }
        const leaf = this.#parts.get(part) ?? withoutEmpty(part);
        this.#parts.set(part, leaf);
        if (isNothing(leaf)) {
            return { expression: part };
        }
        return this.#opened.has(leaf)
            ? { expression: this.#openPart(part) }
            : { leaves: [leaf] };
    }

    #openPart(part: HostExpression): HostExpression {
        const open = this.#openParts.get(part) ?? peel(part);
        this.#openParts.set(part, open);
        return open;
    }
}

/** Of `x{2,9}` assertions see the first and the last x only. */
function peel(part: HostExpression): HostExpression {
    if (part.kind !== 'repeat' || part.max === null || part.max < 4) {
        return part;
    }
    const { body, min, max } = part;
    const inner = repeatOf(body, Math.max(0, min - 2), max - 2);
    const many: HostExpression = {
        kind: 'sequence',
        parts: [body, inner, body],
    };
    const fewer = min > 1 ? [] : min === 1 ? [body] : [body, emptyString];
    return { kind: 'choice', branches: [...fewer, many] };
}

function splitSet(members: string): HostExpression[] {
    return [word, other].map((kind) =>
        setOf(
            [...members].filter((one) => neighboursOf(one) === kind).join(''),
        ),
    );
}

/** Null when some leaves had to be opened. */
function decide(positions: Positions, opened: Leaves): LeafAutomaton | null {
    const { leaves, following, first, last, empty } = positions;
    const firsts = leaves.map(firstsOf);
    const lasts = leaves.map(lastsOf);
    const undecided = new Set<number>();
    const isOpen = (
        before: number | null,
        after: number | null,
        places: Places,
    ): boolean => {
        if (places === everywhere) {
            return true;
        }
        const beside = [
            before === null ? edge : (lasts[before] ?? 0),
            after === null ? edge : (firsts[after] ?? 0),
        ] as const;
        const possible = placesBetween(...beside);
        if ((places & possible) !== 0 && (places & possible) !== possible) {
            [before, after].forEach((position, side) => {
                if (position !== null && isMixed(beside[side] ?? 0)) {
                    undecided.add(position);
                }
            });
        }
        return (places & possible) !== 0;
    };
    const automaton: LeafAutomaton = {
        leaves,
        following: following.map((next, position) =>
            [...next]
                .filter(([after, places]) => isOpen(position, after, places))
                .map(([after]) => after),
        ),
        first: first
            .filter(({ position, places }) => isOpen(null, position, places))
            .map(({ position }) => position),
        last: last
            .filter(({ position, places }) => isOpen(position, null, places))
            .map(({ position }) => position),
        matchesEmpty: isOpen(null, null, empty),
    };
    for (const position of undecided) {
        const leaf = leaves[position];
        if (leaf !== undefined) {
            opened.open(leaf);
        }
    }
    return undecided.size === 0 ? automaton : null;
}

function isMixed(neighbours: Neighbours): boolean {
    return neighbours === (word | other);
}
