// Which rules of a qube concern hosts that somebody names.
import {
    type ConfinedLine,
    type DomainPattern,
    domainOfLine,
    findCommon,
    findDifference,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import type { EffectiveRules } from './effective-rules.ts';
import { type PlacedRule, placedRules } from './matching-rules.ts';

export interface Overlap extends PlacedRule {
    /** One of the named hosts that the rule matches. */
    readonly host: string;
    /** A host that it matches besides; null if it has none. */
    readonly besides: string | null;
}

/** The rules that match some of the hosts of a line, in their order. */
export function overlaps(
    rules: EffectiveRules,
    named: ConfinedLine,
): Overlap[] {
    const automaton = lineAutomaton(named);
    const domain = domainOfLine(named);
    return placedRules(rules).flatMap((placed): Overlap[] => {
        const { confined } = placed.rule;
        const other = domainOfLine(confined);
        if (domain !== null && other !== null && !areRelated(domain, other)) {
            return [];
        }
        const ofRule = lineAutomaton(confined);
        const host = findCommon(automaton, ofRule);
        const found = findDifference(ofRule, automaton);
        const besides = found.kind === 'host' ? found.host : null;
        return host === null ? [] : [{ ...placed, host, besides }];
    });
}

/** Nearly all rules name a domain; of most this tells enough. */
function areRelated(
    { domain: one }: DomainPattern,
    { domain: other }: DomainPattern,
): boolean {
    return `.${one}`.endsWith(`.${other}`) || `.${other}`.endsWith(`.${one}`);
}
