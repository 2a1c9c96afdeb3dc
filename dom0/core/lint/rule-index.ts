// The rules of one file, so that it is quickly found which of them lets
// through what another rule does.
import {
    accepts,
    covers,
    type DomainPattern,
    domainsAbove,
} from '../../../shared/pattern/index.ts';
import { type Ending, noEnding } from '../moment.ts';
import type { StoredRule } from '../rule-file.ts';
import type { Budget } from './budget.ts';
import type { KnownRule } from './known-rule.ts';

/** Whether one of two rules that let through the same is to go. */
export type Yields = (rule: KnownRule, other: KnownRule) => boolean;

type OfDomain = Partial<Record<DomainPattern['kind'], KnownRule>>;

/**
 * Takes time linear in the rules that name one domain. Rules that match more
 * than is meant cover nothing: when they are mended, what they cover counts.
 * Nor do those that end, but for one that says the same and ends with them.
 */
export class RuleIndex {
    readonly #byLine = new Map<string, KnownRule>();
    readonly #domains = new Map<string, OfDomain>();
    readonly #others: KnownRule[] = [];
    readonly #budget: Budget;

    constructor(rules: readonly KnownRule[], budget: Budget) {
        this.#budget = budget;
        for (const known of rules) {
            const { rule, domain, looseness, host } = known;
            const key = keyOf(rule, rule);
            if (!this.#byLine.has(key)) {
                this.#byLine.set(key, known);
            }
            if (!isLasting(rule)) {
                continue;
            }
            if (domain !== null) {
                const same = this.#domains.get(domain.domain) ?? {};
                same[domain.kind] ??= known;
                this.#domains.set(domain.domain, same);
            } else if (looseness === null && host !== null) {
                this.#others.push(known);
            }
        }
    }

    /** A rule that matches all that this one does, as long; null without. */
    coverOf(known: KnownRule, between: Yields): KnownRule | null {
        const { rule } = known;
        const equal = this.#byLine.get(keyOf(rule, rule));
        if (equal !== undefined && equal !== known && between(known, equal)) {
            return equal;
        }
        const yields = isLasting(rule) ? between : () => true;
        const lasting = isLasting(rule)
            ? undefined
            : this.#byLine.get(keyOf(rule, noEnding));
        return (
            lasting ??
            (known.domain === null
                ? this.#domainAround(known, yields)
                : this.#widerDomain(known.domain)) ??
            this.#otherAround(known, yields)
        );
    }

    #widerDomain({ kind, domain }: DomainPattern): KnownRule | null {
        const same = this.#domains.get(domain);
        if (kind !== 'both' && same?.both !== undefined) {
            return same.both;
        }
        for (const above of domainsAbove(domain)) {
            const known = this.#domains.get(above);
            const wider = known?.both ?? known?.subdomains;
            if (wider !== undefined) {
                return wider;
            }
        }
        return null;
    }

    /** All that is wider matches its host. */
    #domainAround(known: KnownRule, yields: Yields): KnownRule | null {
        const { host } = known;
        const domains = host === null ? [] : [host, ...domainsAbove(host)];
        const candidates = domains.flatMap((domain) => {
            const { both, subdomains, exact } = this.#domains.get(domain) ?? {};
            return [both, subdomains, exact].filter((one) => one !== undefined);
        });
        return (
            candidates.find((each) => isCovered(known, each, yields)) ?? null
        );
    }

    #otherAround(known: KnownRule, yields: Yields): KnownRule | null {
        const { host } = known;
        if (host === null) {
            return null;
        }
        for (const other of this.#others) {
            if (!this.#budget.takeTrial(known.rule)) {
                return null;
            }
            if (
                other !== known &&
                accepts(other.automaton, host) &&
                isCovered(known, other, yields)
            ) {
                return other;
            }
        }
        return null;
    }
}

/** What is the same of rules that say the same for the same time. */
function keyOf({ confined }: StoredRule, ending: Ending): string {
    return isLasting(ending)
        ? confined
        : `${confined} ${ending.expire} ${ending.run}`;
}

function isLasting({ expire, run }: Ending): boolean {
    return expire === null && run === null;
}

function isCovered(known: KnownRule, by: KnownRule, yields: Yields): boolean {
    return (
        covers(by.automaton, known.automaton) === true &&
        (yields(known, by) || covers(known.automaton, by.automaton) === false)
    );
}
