// Which rules of a file match which hosts, as `check` decides it, for many of
// both: nearly all rules name one domain, and these are looked up.
import {
    accepts,
    type DomainPattern,
    domainOfLine,
    domainsAbove,
    type HostAutomaton,
    isOfDomain,
    lineAutomaton,
} from '../../../shared/pattern/index.ts';
import type { StoredRule } from '../rule-file.ts';
import type { Matched } from './add-counters.ts';
import type { Counter } from './counters.ts';

/**
 * Rules of a file that name no single domain: each is tried on each host, which
 * takes some microseconds, and the daemon does nothing else meanwhile.
 */
export const mostTried = 200;

interface OfDomain {
    readonly expression: string;
    readonly domain: DomainPattern;
}

interface Tried {
    readonly expression: string;
    readonly automaton: HostAutomaton;
}

interface RuleIndex {
    readonly ofDomain: ReadonlyMap<string, readonly OfDomain[]>;
    readonly tried: readonly Tried[];
}

/** By the rules of a file, which are the same until it is changed. */
const known = new WeakMap<readonly StoredRule[], RuleIndex>();

/**
 * The counters that each rule matches; nothing for those past `mostTried`,
 * which are not counted, and for those whose time is over.
 */
export function matchRules(
    rules: readonly StoredRule[],
    over: ReadonlySet<StoredRule>,
    counters: readonly Counter[],
): Matched {
    const index = known.get(rules) ?? indexOf(rules);
    known.set(rules, index);
    const matched = new Map<string, Counter[]>();
    const holding = new Set(
        rules.flatMap((rule) => (over.has(rule) ? [] : [rule.expression])),
    );
    for (const expression of expressionsIn(index)) {
        if (holding.has(expression)) {
            matched.set(expression, []);
        }
    }
    for (const counter of counters) {
        for (const expression of expressionsFor(index, counter.host)) {
            matched.get(expression)?.push(counter);
        }
    }
    return matched;
}

function indexOf(rules: readonly StoredRule[]): RuleIndex {
    const ofDomain = new Map<string, OfDomain[]>();
    const tried: Tried[] = [];
    const distinct = new Map(rules.map((rule) => [rule.expression, rule]));
    for (const { expression, confined } of distinct.values()) {
        const domain = domainOfLine(confined);
        if (domain !== null) {
            const others = ofDomain.get(domain.domain) ?? [];
            ofDomain.set(domain.domain, [...others, { expression, domain }]);
        } else if (tried.length < mostTried) {
            tried.push({ expression, automaton: lineAutomaton(confined) });
        }
    }
    return { ofDomain, tried };
}

function expressionsIn({ ofDomain, tried }: RuleIndex): string[] {
    return [...[...ofDomain.values()].flat(), ...tried].map(
        ({ expression }) => expression,
    );
}

/** Those of all rules that match it. */
function expressionsFor(
    { ofDomain, tried }: RuleIndex,
    host: string,
): string[] {
    const found = [host, ...domainsAbove(host)]
        .flatMap((name) => ofDomain.get(name) ?? [])
        .filter(({ domain }) => isOfDomain(domain, host));
    const others = tried.filter(({ automaton }) => accepts(automaton, host));
    return [...found, ...others].map(({ expression }) => expression);
}
