// A position automaton (Glushkov): one state for each character of the
// written-out expression, no empty moves. States and moves are bounded by
// what `parsePattern` lets through, so matching takes time linear in the
// length of the host name.
import type { HostExpression } from './host-expression.ts';
import type { HostSet } from './host-set.ts';

export interface HostAutomaton {
    /** The characters that each position takes. */
    readonly sets: readonly HostSet[];
    /** The positions that can come after each position. */
    readonly following: readonly (readonly number[])[];
    /** The positions that can come first. */
    readonly first: readonly number[];
    /** The positions after which a match is complete. */
    readonly last: ReadonlySet<number>;
    readonly matchesEmpty: boolean;
}

/** A piece of an automaton under construction. */
interface Fragment {
    readonly first: readonly number[];
    readonly last: readonly number[];
    readonly matchesEmpty: boolean;
}

interface Positions {
    readonly sets: HostSet[];
    readonly following: Set<number>[];
}

/** The automaton of an expression without edges: see `bindEdges`. */
export function buildAutomaton(expression: HostExpression): HostAutomaton {
    const positions: Positions = { sets: [], following: [] };
    const whole = build(positions, expression);
    return {
        sets: positions.sets,
        following: positions.following.map((set) => [...set]),
        first: whole.first,
        last: new Set(whole.last),
        matchesEmpty: whole.matchesEmpty,
    };
}

/** Whether the whole host name matches; upper case is lower case. */
export function accepts(automaton: HostAutomaton, host: string): boolean {
    let reachable: ReadonlySet<number> = new Set(automaton.first);
    let isComplete = automaton.matchesEmpty;
    for (const character of foldCase(host)) {
        const next = new Set<number>();
        isComplete = false;
        for (const position of reachable) {
            if (automaton.sets[position]?.includes(character)) {
                isComplete ||= automaton.last.has(position);
                automaton.following[position]?.forEach((one) => {
                    next.add(one);
                });
            }
        }
        reachable = next;
    }
    return isComplete;
}

/** As the C locale does it: toLowerCase() makes a k of the kelvin sign. */
function foldCase(host: string): string {
    return host.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function build(positions: Positions, expression: HostExpression): Fragment {
    switch (expression.kind) {
        case 'set':
            return addPosition(positions, expression.members);
        case 'sequence':
            return expression.parts
                .map((part) => build(positions, part))
                .reduce(
                    (before, after) => follow(positions, before, after),
                    emptyFragment,
                );
        case 'choice':
            return unite(
                expression.branches.map((branch) => build(positions, branch)),
            );
        case 'repeat':
            return buildRepeat(positions, expression);
        case 'edge':
            throw new Error('an automaton is built after edges are bound');
    }
}

const emptyFragment: Fragment = { first: [], last: [], matchesEmpty: true };

function addPosition(positions: Positions, members: HostSet): Fragment {
    const position = positions.sets.push(members) - 1;
    positions.following.push(new Set());
    return { first: [position], last: [position], matchesEmpty: false };
}

function unite(fragments: readonly Fragment[]): Fragment {
    return {
        first: fragments.flatMap((fragment) => fragment.first),
        last: fragments.flatMap((fragment) => fragment.last),
        matchesEmpty: fragments.some((fragment) => fragment.matchesEmpty),
    };
}

function follow(
    positions: Positions,
    before: Fragment,
    after: Fragment,
): Fragment {
    connect(positions, before.last, after.first);
    return {
        first: before.matchesEmpty
            ? [...before.first, ...after.first]
            : before.first,
        last: after.matchesEmpty ? [...before.last, ...after.last] : after.last,
        matchesEmpty: before.matchesEmpty && after.matchesEmpty,
    };
}

function connect(
    { following }: Positions,
    from: readonly number[],
    to: readonly number[],
): void {
    for (const position of from) {
        for (const next of to) {
            following[position]?.add(next);
        }
    }
}

/** x{2,4} is built as xx(x(x)?)?, and x{2,} as xx+. */
function buildRepeat(
    positions: Positions,
    { body, min, max }: Extract<HostExpression, { kind: 'repeat' }>,
): Fragment {
    let tail = emptyFragment;
    if (max === null) {
        tail = build(positions, body);
        connect(positions, tail.last, tail.first);
        tail = { ...tail, matchesEmpty: tail.matchesEmpty || min === 0 };
    }
    const optional = max === null ? 0 : max - min;
    for (let count = 0; count < optional; count += 1) {
        tail = follow(positions, build(positions, body), tail);
        tail = { ...tail, matchesEmpty: true };
    }
    const required = max === null ? Math.max(0, min - 1) : min;
    for (let count = 0; count < required; count += 1) {
        tail = follow(positions, build(positions, body), tail);
    }
    return tail;
}
