import { fault, valueOrFault } from './fault.ts';
import { patternAutomaton } from './matcher.ts';
import { endsIn } from './narrow-ends-in.ts';
import { findHost } from './search.ts';
import type { PatternNode } from './tree.ts';

/** Domains that nobody means, in top-level domains that everybody uses. */
const unrelatedDomains = [
    'unrelated.com',
    'unrelated.org',
    'unrelated.net',
    'unrelated.de',
    'unrelated.io',
    'unrelated.co.uk',
];

/**
 * Two hosts that have nothing in common and are both matched. An end that any
 * domain may follow is no end, whatever the expression looks like. A rule for
 * all of one top-level domain is left to its author.
 */
export function findUnrelated(tree: PatternNode): [string, string] | null {
    const automaton = valueOrFault(patternAutomaton(tree));
    const [one, other] = unrelatedDomains
        .map((domain) => findHost(automaton, endsIn(domain), true))
        .filter((host) => host !== null);
    return one !== undefined && other !== undefined ? [one, other] : null;
}

/** As a sentence without its end. */
export function describeUnrelated([one, other]: [string, string]): string {
    return (
        'this matches hosts that have nothing in common, such as ' +
        `"${one}" and "${other}"; name the hosts that are meant`
    );
}

export function refuseNearlyEverything(tree: PatternNode): void {
    const found = findUnrelated(tree);
    if (found !== null) {
        fault(
            0,
            `${describeUnrelated(found)}, or store it untouched with --as-is`,
        );
    }
}
