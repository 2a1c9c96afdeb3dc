// What to ask the proxy of a qube for, so that it should answer.
import { domainOfRule, isRealHost } from '../../../shared/pattern/index.ts';
import { decider } from '../decide.ts';
import { allRules, type EffectiveRules } from '../effective-rules.ts';
import { parseTarget } from '../target.ts';
import type { ProbeTarget } from './probe.ts';

/** Rules that are looked at: with more, one of the first will do. */
const mostRules = 100;

/**
 * The first host that a rule names and lets through, at a port that is open;
 * null if there is none. A block list names none that could be asked for.
 */
export function probeTargetOf(rules: EffectiveRules): ProbeTarget {
    const { connectPorts } = rules.settings;
    const [port = 443] = connectPorts.includes(443) ? [443] : connectPorts;
    if (rules.default === 'allow') {
        return null;
    }
    const decide = decider(rules);
    for (const { expression } of allRules(rules).slice(0, mostRules)) {
        const named = domainOfRule(expression);
        const host = named?.kind === 'subdomains' ? undefined : named?.domain;
        if (host === undefined || !isRealHost(host)) {
            continue;
        }
        const target = parseTarget(`https://${host}:${port}/`);
        if (target.ok && decide(target.value).refused === null) {
            return { host, port };
        }
    }
    return null;
}
