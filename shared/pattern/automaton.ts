// A position automaton (Glushkov): one state for each character of the
// written-out expression, two where an assertion asks which kind it is, no
// empty moves. States and moves are bounded by what `parsePattern` lets
// through, so matching takes time linear in the length of the host name.
import type { HostExpression } from './host-expression.ts';
import type { HostSet } from './host-set.ts';
import { foldCase } from './host-text.ts';
import { buildLeafAutomaton } from './leaf-automaton.ts';

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

/**
 * The automaton of an expression that has to be the whole host name. Its
 * assertions are answered by what each position takes.
 */
export function buildAutomaton(expression: HostExpression): HostAutomaton {
    const { leaves, following, first, last, matchesEmpty } = buildLeafAutomaton(
        expression,
        'set',
    );
    return {
        sets: leaves.map((leaf) => (leaf.kind === 'set' ? leaf.members : '')),
        following,
        first,
        last: new Set(last),
        matchesEmpty,
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
