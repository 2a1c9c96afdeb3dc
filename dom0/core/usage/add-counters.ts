// Adds what a ProxyVM counted to the sums of a file: differences only, since
// its counters go on, fall out, or begin anew, and may be asked for twice.
import type { Asked, Counter, Counters } from './counters.ts';
import {
    type FileUsage,
    keyOf,
    mostUses,
    type RuleUsage,
    type SourceKey,
} from './usage-file.ts';

/** A ProxyVM that lies cannot add more to a rule with one answer. */
export const mostPerAnswer = 10_000_000;

/** What the whole seconds of `firstAgo` and `lastAgo` are worth. */
const precision = 1;

/** Of a qube that moves between ProxyVMs; older counters are forgotten. */
const sourcesOfQube = 4;

/** The counters of those hosts that each rule of the file matches. */
export type Matched = ReadonlyMap<string, readonly Counter[]>;

/**
 * The sums with these counters. A rule that is not known is counted from now
 * on: of what was counted before, hosts count that were not asked for when the
 * qube's counters were last seen.
 */
export function addCounters(
    usage: FileUsage,
    counters: Counters,
    matched: Matched,
): FileUsage {
    const { uuid, since, asked, unnamed } = counters;
    const { boot, to } = asked;
    const key = keyOf(counters);
    const seenAt = [...usage.sources.values()]
        .filter((source) => source.uuid === uuid && source.boot === boot)
        .map(({ at }) => at);
    const before = Math.max(-Infinity, ...seenAt);
    const rules = new Map(usage.rules);
    for (const [rule, found] of matched) {
        const known = rules.get(rule) ?? null;
        rules.set(rule, addTo(known, { key, before, ...asked }, found));
    }
    const sources = new Map(usage.sources);
    // The newest is the last one.
    sources.delete(key);
    sources.set(key, { uuid, since, boot, at: to, unnamed });
    // Of a flood any request may have been one that a rule let through.
    const isWhole = unnamed <= (usage.sources.get(key)?.unnamed ?? 0);
    const span = isWhole ? usage.since : null;
    return withFewSources({ ...usage, since: span, rules, sources }, counters);
}

interface Asking extends Asked {
    readonly key: SourceKey;
    /** When counters of that qube were last seen in this run of dom0. */
    readonly before: number;
}

function addTo(
    known: RuleUsage | null,
    { key, before, from, now }: Asking,
    found: readonly Counter[],
): RuleUsage {
    const total = totalOf(found);
    const isLater = (ago: number) => from - ago > before + precision;
    const fresh = found.filter(({ firstAgo }) => isLater(firstAgo));
    const seen =
        known === null ? total - totalOf(fresh) : (known.seen.get(key) ?? 0);
    const lastAgo = Math.min(now, ...found.map((each) => each.lastAgo));
    // What was used again has been used, even if its counter fell out between.
    const least = found.length > 0 && isLater(lastAgo) ? 1 : 0;
    const added = Math.min(Math.max(total - seen, least), mostPerAnswer);
    const firsts = added === 0 ? [] : fresh.map(({ firstAgo }) => firstAgo);
    const firstAgo = Math.min(now, Math.max(0, ...firsts));
    const last = Math.min(Math.max(known?.last ?? 0, now - lastAgo), now);
    return {
        count: Math.min((known?.count ?? 0) + added, mostUses),
        first: known?.first ?? now - firstAgo,
        last: added === 0 ? (known?.last ?? null) : last,
        seen: withSeen(known?.seen ?? new Map(), key, total),
    };
}

function totalOf(counters: readonly Counter[]): number {
    const total = counters.reduce((sum, { count }) => sum + count, 0);
    return Math.min(total, Number.MAX_SAFE_INTEGER);
}

/** Nothing is not kept. */
function withSeen(
    seen: RuleUsage['seen'],
    key: SourceKey,
    total: number,
): RuleUsage['seen'] {
    return total === 0 ? without(seen, [key]) : new Map(seen).set(key, total);
}

/** The newest ones of that qube, and all of others. */
function withFewSources(
    usage: FileUsage,
    { uuid }: Pick<Counters, 'uuid'>,
): FileUsage {
    const own = [...usage.sources].filter(([, each]) => each.uuid === uuid);
    return withoutSources(
        usage,
        own.slice(0, -sourcesOfQube).map(([key]) => key),
    );
}

/** What was seen of these counters is forgotten; the sums stay. */
export function withoutSources(
    usage: FileUsage,
    keys: readonly SourceKey[],
): FileUsage {
    return keys.length === 0
        ? usage
        : {
              ...usage,
              sources: without(usage.sources, keys),
              rules: new Map(
                  [...usage.rules].map(([rule, sums]) => [
                      rule,
                      { ...sums, seen: without(sums.seen, keys) },
                  ]),
              ),
          };
}

function without<Value>(
    all: ReadonlyMap<SourceKey, Value>,
    keys: readonly SourceKey[],
): ReadonlyMap<SourceKey, Value> {
    return keys.some((key) => all.has(key))
        ? new Map([...all].filter(([key]) => !keys.includes(key)))
        : all;
}
