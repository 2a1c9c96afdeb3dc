// Which rules match a host, for many hosts: as `matches` says of each rule.
import {
    accepts,
    type ConfinedLine,
    type DomainPattern,
    domainOfLine,
    domainsAbove,
    type HostAutomaton,
    isOfDomain,
    lineAutomaton,
    matches,
} from '../../shared/pattern/index.ts';
import type { EffectiveRules, Place } from './effective-rules.ts';
import type { StoredRule } from './rule-file.ts';

/** A rule, and where it stands. */
export interface PlacedRule {
    readonly rule: StoredRule;
    readonly file: string;
    /** The lines that include its file, the outermost first. */
    readonly via: readonly Place[];
    /** As `list` counts in its file, from 1. */
    readonly number: number;
}

interface Named {
    readonly index: number;
    readonly pattern: DomainPattern;
}

/** Automata that are kept: each may take some kilobytes. */
const mostKept = 1000;

/** The rules of all files in their order, but for those that are over. */
export function placedRules(rules: EffectiveRules): PlacedRule[] {
    return placed(rules, false);
}

function placed({ files }: EffectiveRules, isOver: boolean): PlacedRule[] {
    return files.flatMap(({ file, via, rules, over }) =>
        rules
            .map((rule, index) => ({ rule, file, via, number: index + 1 }))
            .filter(({ rule }) => over.has(rule) === isOver),
    );
}

/** The rules that match a host, in their order; those that are over do not. */
export function matchingRules(
    rules: EffectiveRules,
): (host: string) => PlacedRule[] {
    return matchingAmong(placedRules(rules));
}

/** Those that would match it if they were not over. */
export function overRules(
    rules: EffectiveRules,
): (host: string) => PlacedRule[] {
    return matchingAmong(placed(rules, true));
}

/** The same of some of them. */
export function matchingAmong(
    all: readonly PlacedRule[],
): (host: string) => PlacedRule[] {
    const named = new Map<string, Named[]>();
    const others: [number, (host: string) => boolean][] = [];
    all.forEach(({ rule: { confined } }, index) => {
        const pattern = domainOfLine(confined);
        if (pattern === null) {
            others.push([index, tester(confined, others.length)]);
        } else {
            const same = named.get(pattern.domain) ?? [];
            same.push({ index, pattern });
            named.set(pattern.domain, same);
        }
    });
    return (host) => {
        const name = host.toLowerCase();
        const byName = [name, ...domainsAbove(name)]
            .flatMap((domain) => named.get(domain) ?? [])
            .filter(({ pattern }) => isOfDomain(pattern, host))
            .map(({ index }) => index);
        const byText = others
            .filter(([, test]) => test(host))
            .map(([index]) => index);
        return [...byName, ...byText]
            .sort((one, other) => one - other)
            .flatMap((index) => all[index] ?? []);
    };
}

function tester(line: ConfinedLine, before: number): (host: string) => boolean {
    if (before >= mostKept) {
        return (host) => matches(line, host);
    }
    let automaton: HostAutomaton | null = null;
    return (host) => {
        automaton ??= lineAutomaton(line);
        return accepts(automaton, host);
    };
}
