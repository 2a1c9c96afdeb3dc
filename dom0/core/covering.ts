// Which of a qube's rules match what another rule does.
import {
    type ConfinedLine,
    covers,
    domainOfLine,
    findRealHost,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import type { Default } from './default.ts';
import type { EffectiveRules } from './effective-rules.ts';
import { matchingRules, type PlacedRule } from './matching-rules.ts';

export interface Covering {
    readonly by: PlacedRule;
    /** What becomes of hosts that no rule matches. */
    readonly default: Default;
    /** The only host that is meant; null: all that the line matches. */
    readonly host: string | null;
}

/** Rules that match the same host are few; so many are compared with a line. */
const mostCompared = 100;

/**
 * For many lines: a rule that matches all that a line does, or at least the
 * host that it names; null without.
 */
export function coverings(
    rules: EffectiveRules,
): (line: ConfinedLine) => Covering | null {
    const matchingOf = matchingRules(rules);
    return (line) => {
        const domain = domainOfLine(line);
        const host =
            domain === null || domain.kind === 'subdomains'
                ? findRealHost(lineAutomaton(line))
                : domain.domain;
        const matching = host === null ? [] : matchingOf(host);
        const whole = matching
            .slice(0, mostCompared)
            .find(({ rule }) => isWithin(line, rule.confined));
        if (whole !== undefined) {
            return { by: whole, default: rules.default, host: null };
        }
        const [first] = matching;
        return first !== undefined && domain?.kind === 'both'
            ? { by: first, default: rules.default, host }
            : null;
    };
}

function isWithin(line: ConfinedLine, other: ConfinedLine): boolean {
    return (
        line === other ||
        covers(lineAutomaton(other), lineAutomaton(line)) === true
    );
}
