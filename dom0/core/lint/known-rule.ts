// What lint has to know of a rule, worked out once for all that it asks.
import {
    type DomainPattern,
    domainOfLine,
    findLooseness,
    findRealHost,
    type HostAutomaton,
    hostOfBareName,
    isRealHost,
    type Looseness,
    lineAutomaton,
    maxLabelLength,
    readBareName,
} from '../../../shared/pattern/index.ts';
import type { StoredRule } from '../rule-file.ts';
import type { Budget } from './budget.ts';

/** What a rule that matches does: let through, refuse, or who includes it. */
export type ListKind = 'allow' | 'block' | 'both';

export class KnownRule {
    readonly rule: StoredRule;
    /** The domain that it names, if that is all. */
    readonly domain: DomainPattern | null;
    /** None where it refuses: there it had better match too much. */
    readonly looseness: Looseness | null;
    /** A host that it lets through; null: nothing of it can be one. */
    readonly host: string | null;
    #automaton: HostAutomaton | null = null;

    constructor(rule: StoredRule, list: ListKind, named: Named | null) {
        this.rule = rule;
        this.domain = named?.domain ?? null;
        this.looseness =
            this.domain === null && list !== 'block'
                ? findLooseness(rule.expression)
                : null;
        this.host =
            named === null ? findRealHost(this.automaton) : real(named.host);
    }

    get automaton(): HostAutomaton {
        this.#automaton ??= lineAutomaton(this.rule.confined);
        return this.#automaton;
    }
}

/** What a rule names, if it is a name and no more, as nearly all are. */
interface Named {
    readonly host: string;
    readonly domain: DomainPattern | null;
}

function namedBy({ expression, confined }: StoredRule): Named | null {
    const domain = domainOfLine(confined);
    if (domain !== null) {
        const { kind, domain: name } = domain;
        return { host: kind === 'subdomains' ? `a.${name}` : name, domain };
    }
    const name = readBareName(expression);
    return name === null ? null : { host: hostOfBareName(name), domain: null };
}

/** A name has no empty labels, and a short one no long ones. */
function real(host: string): string | null {
    return host.length <= maxLabelLength || isRealHost(host) ? host : null;
}

/** Those of a file; without what there is not enough to look at. */
export function lookAtRules(
    rules: readonly StoredRule[],
    list: ListKind,
    budget: Budget,
): KnownRule[] {
    return rules.flatMap((rule) => {
        const named = namedBy(rule);
        return named !== null || budget.takeLook(rule)
            ? [new KnownRule(rule, list, named)]
            : [];
    });
}
