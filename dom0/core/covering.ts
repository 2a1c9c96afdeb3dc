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
import {
    matchingAmong,
    type PlacedRule,
    placedRules,
} from './matching-rules.ts';

export interface Covering {
    readonly by: PlacedRule;
    /** What becomes of hosts that no rule matches. */
    readonly default: Default;
    /** The only host that is meant; null: all that the line matches. */
    readonly host: string | null;
}

/** Rules that match the same host are few; so many are compared with a line. */
const mostCompared = 100;

/** Rules that name no single domain, each of which is tried with each host. */
const mostTried = 1000;

/** Lines that are looked at; of more nobody reads what is said. */
const mostLines = 1000;

/**
 * For lines one after another: a rule that matches all that a line does, or at
 * least the host that it names; null without, or where to tell takes too long.
 */
export function coverings(
    rules: EffectiveRules,
): (line: ConfinedLine) => Covering | null {
    const matchingOf = matchingAmong(fewEnough(placedRules(rules)));
    let left = mostLines;
    return (line) => {
        left -= 1;
        if (left < 0) {
            return null;
        }
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

/** All that name a domain, which are found by that. */
function fewEnough(rules: readonly PlacedRule[]): readonly PlacedRule[] {
    let left = mostTried;
    return rules.filter(({ rule: { confined } }) => {
        const isNamed = domainOfLine(confined) !== null;
        left -= isNamed ? 0 : 1;
        return isNamed || left >= 0;
    });
}

function isWithin(line: ConfinedLine, other: ConfinedLine): boolean {
    return (
        line === other ||
        covers(lineAutomaton(other), lineAutomaton(line)) === true
    );
}
