// From what a qube asked for to the shortest list of safe rules that would have
// served it. Hosts come from a client that may be hostile: whatever is not a
// plain name of somebody's registered domain is never suggested.
import {
    accepts,
    type ConfinedLine,
    DomainSet,
    domainOfLine,
    findOddity,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import { domainInList, registrableDomain } from './registrable.ts';
import { safeRuleFor } from './requests/remedy.ts';

/** A host, and how often it was asked for, at ports that are open. */
export interface AskedHost {
    readonly host: string;
    readonly count: number;
}

/** A rule to add, and what was asked for that it lets through. */
export interface Suggestion {
    /** As `allow` takes it: `.example.com`, or one host. */
    readonly pattern: string;
    /** Whose it is: what people look for first. */
    readonly domain: string;
    readonly hosts: readonly AskedHost[];
    readonly count: number;
}

/** Why a host is left out. */
export type LeftOut = AskedHost & {
    readonly why: 'odd-name' | 'public-suffix';
};

export interface Suggested {
    /** Most asked for first. */
    readonly suggestions: readonly Suggestion[];
    readonly leftOut: readonly LeftOut[];
    /** How many of the hosts the rules let through already. */
    readonly allowed: number;
}

/** So many hosts of a domain become one rule for all of it. */
export const leastHosts = 3;

/** `lines` are what the rules of the qube let through. */
export function suggest(
    asked: readonly AskedHost[],
    lines: readonly ConfinedLine[],
): Suggested {
    const isAllowed = allowedBy(lines);
    const missing = folded(asked).filter(({ host }) => !isAllowed(host));
    const leftOut = missing.flatMap((each) => {
        const why = whyLeftOut(each.host);
        return why === null ? [] : [{ ...each, why }];
    });
    const safe = missing.filter(({ host }) => whyLeftOut(host) === null);
    const suggestions = [...byDomain(safe)].flatMap(([domain, hosts]) =>
        rulesFor(domain, hosts),
    );
    return {
        suggestions: suggestions.sort(byCount),
        leftOut,
        allowed: folded(asked).length - missing.length,
    };
}

function byDomain(
    safe: readonly AskedHost[],
): ReadonlyMap<string, readonly AskedHost[]> {
    const groups = new Map<string, AskedHost[]>();
    for (const each of safe) {
        const domain = domainInList(each.host) ?? each.host;
        const hosts = groups.get(domain) ?? [];
        hosts.push(each);
        groups.set(domain, hosts);
    }
    return groups;
}

/** One rule for all, if that is shorter and lets nobody else's hosts in. */
function rulesFor(domain: string, hosts: readonly AskedHost[]): Suggestion[] {
    const count = (some: readonly AskedHost[]) =>
        some.reduce((sum, each) => sum + each.count, 0);
    const isOneRule =
        hosts.length >= leastHosts && registrableDomain(domain) === domain;
    return isOneRule
        ? [{ pattern: `.${domain}`, domain, hosts, count: count(hosts) }]
        : hosts.map((each) => ({
              pattern: each.host,
              domain,
              hosts: [each],
              count: each.count,
          }));
}

function byCount(one: Suggestion, other: Suggestion): number {
    return other.count - one.count || (one.pattern < other.pattern ? -1 : 1);
}

function whyLeftOut(host: string): LeftOut['why'] | null {
    if (findOddity(host) !== null || safeRuleFor(host) === null) {
        return 'odd-name';
    }
    return domainInList(host) === null ? 'public-suffix' : null;
}

/** Each host once, in lower case. */
function folded(asked: readonly AskedHost[]): AskedHost[] {
    const counts = new Map<string, number>();
    for (const { host, count } of asked) {
        const name = host.toLowerCase();
        counts.set(name, (counts.get(name) ?? 0) + count);
    }
    return [...counts].map(([host, count]) => ({ host, count }));
}

/** Nearly all lines are domains; the others are tried one by one. */
function allowedBy(lines: readonly ConfinedLine[]): (host: string) => boolean {
    const domains = new DomainSet();
    const others: ReturnType<typeof lineAutomaton>[] = [];
    for (const line of lines) {
        const domain = domainOfLine(line);
        if (domain === null) {
            others.push(lineAutomaton(line));
        } else {
            domains.add(domain);
        }
    }
    return (host) =>
        domains.covers({ kind: 'exact', domain: host }) ||
        others.some((automaton) => accepts(automaton, host));
}
