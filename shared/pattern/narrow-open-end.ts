// Expressions that any text may follow, as `github\\.com` without a `$`.
import { confine } from './confine.ts';
import { fault } from './fault.ts';
import { patternAutomaton } from './matcher.ts';
import { endsIn } from './narrow-ends-in.ts';
import { refuseNearlyEverything } from './narrow-everything.ts';
import { closeBranches } from './narrow-tree.ts';
import { printPattern } from './print.ts';
import { findHost } from './search.ts';
import type { PatternNode } from './tree.ts';

/** Refuses it, with a longer name that it matches and what to write. */
export function refuseOpenEnd(typed: string, narrowed: PatternNode): never {
    const closed = closeBranches(narrowed);
    refuseNearlyEverything(closed);
    const longer = findLonger(narrowed);
    const example = longer === null ? '' : `, such as "${longer}"`;
    return fault(
        typed.length,
        'without "$" at the end of every branch this matches longer names ' +
            `too${example}; ${adviseEnd(closed)}`,
    );
}

/** A name that an open end lets through: of a domain that nobody means. */
export function findLonger(open: PatternNode): string | null {
    const automaton = patternAutomaton(open);
    return automaton.ok
        ? findHost(automaton.value, endsIn('.example.org'), true)
        : null;
}

/** What to write for an expression whose branches were closed. */
function adviseEnd(closed: PatternNode): string {
    const example = suggestClosed(closed);
    return example === null ? 'end it with "$"' : `write "${example}"`;
}

/** An expression whose branches were closed, if it is fit for a rule. */
export function suggestClosed(closed: PatternNode): string | null {
    const example = printPattern(closed);
    // A name that ends in a dot is not what its author means.
    return confine(closed).ok && !example.includes('\\.$') ? example : null;
}
