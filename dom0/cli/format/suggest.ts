// The rules that `suggest` found, for people and for programs.
import type { LearnedEntry } from '../../core/learned.ts';
import type { Qube } from '../../core/qube.ts';
import type { AskedHost, Suggested, Suggestion } from '../../core/suggest.ts';
import type { FoundRequests } from '../../find-learned.ts';
import { withDetails } from '../output.ts';
import { hostAndPort } from './host-and-port.ts';
import { localTime } from './local-time.ts';

/** Hosts that are named in a line, or of a rule. */
const mostHosts = 5;

/** What a qube asked for, as rules, and what becomes none. */
export function describeAsked(
    { name }: Qube,
    suggested: Suggested,
    { entries, unnamed, since }: FoundRequests,
): string[] {
    const { suggestions } = suggested;
    const when = since === null ? '' : ` since ${localTime(since)}`;
    const found =
        suggestions.length === 0
            ? 'no rule is missing for'
            : `${suggestions.length} ${suggestions.length === 1 ? 'rule' : 'rules'} for`;
    return withDetails(`${name}: ${found} what it asked for${when}`, [
        ...suggestions.flatMap((each) =>
            withDetails(`${each.pattern}  ${sumOf(each)}`, namesOf(each)),
        ),
        ...describeRest(suggested, entries, unnamed),
    ]);
}

/** `42 requests, 3 hosts` */
export function sumOf({ hosts, count }: Suggestion): string {
    const of = hosts.length === 1 ? '' : `, ${hosts.length} hosts`;
    return `${requests(count)}${of}`;
}

/** The hosts of a rule for several, most asked for first. */
export function namesOf({ pattern, hosts }: Suggestion): string[] {
    if (!pattern.startsWith('.')) {
        return [];
    }
    const named = [...hosts].sort((one, other) => other.count - one.count);
    const rest = named.length - mostHosts;
    return [
        ...named
            .slice(0, mostHosts)
            .map(({ host, count }) => `${host}  ${requests(count)}`),
        ...(rest > 0 ? [`and ${rest} more`] : []),
    ];
}

/** What was asked for and gets no rule, and why. */
function describeRest(
    { leftOut, allowed }: Suggested,
    entries: readonly LearnedEntry[],
    unnamed: number,
): string[] {
    const those = (why: string) =>
        some(leftOut.filter((each) => each.why === why).map(hostOf));
    const at = (outcome: LearnedEntry['outcome']) =>
        some(
            entries.filter((each) => each.outcome === outcome).map(hostAndPort),
        );
    const parts: readonly (readonly [string, string])[] = [
        ['no plain host names, so no rule', those('odd-name')],
        ['others register names below it', those('public-suffix')],
        ['a port that is closed, see !connect-port', at('port')],
        ['an address that is closed, see !lan', at('destination')],
    ];
    return [
        ...(allowed === 0 ? [] : [`allowed already: ${hostsOf(allowed)}`]),
        ...parts.flatMap(([why, which]) =>
            which === '' ? [] : [`${why}: ${which}`],
        ),
        ...(unnamed === 0
            ? []
            : [`${requests(unnamed)} without a name that could be kept`]),
    ];
}

function some(names: readonly string[]): string {
    const rest = names.length - mostHosts;
    const more = rest > 0 ? [`and ${rest} more`] : [];
    return [...names.slice(0, mostHosts), ...more].join(', ');
}

function hostOf({ host }: AskedHost): string {
    return host;
}

function requests(count: number): string {
    return `${count} ${count === 1 ? 'request' : 'requests'}`;
}

function hostsOf(count: number): string {
    return `${count} ${count === 1 ? 'host' : 'hosts'}`;
}

export function suggestedJson(
    { suggestions, leftOut, allowed }: Suggested,
    { since, unnamed, trouble }: FoundRequests,
) {
    return {
        since,
        suggestions: suggestions.map(({ pattern, domain, hosts, count }) => ({
            pattern,
            domain,
            count,
            hosts,
        })),
        leftOut,
        allowed,
        unnamed,
        trouble,
    };
}
