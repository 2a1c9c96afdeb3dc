// How often the rules of one file were used, as dom0 keeps it: sums, and what a
// ProxyVM's counters stood at when they were last added. A rule is its text;
// no host stands here that does not stand in a rule.
import * as v from 'valibot';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { counter, uuid } from '../../../shared/protocol/schema.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { isRecordedPath } from '../history-entry.ts';
import { maxRules } from '../rule-file.ts';

/** The directory of these files below /etc/qubes/filterproxy. */
export const usageDirectory = 'usage';

export const maxUsageBytes = 64 * 1024 * 1024;

/** A sum goes no further. */
export const mostUses = 1_000_000_000_000;

/** Counters that are added to the sums of one file. */
export const mostSources = limits.domains;

export interface RuleUsage {
    readonly count: number;
    /** Since when it is counted, in seconds since 1970. */
    readonly first: number;
    /** When it was last used; null: not since then. */
    readonly last: number | null;
    /** What counters said of it when they were last seen, unless nothing. */
    readonly seen: ReadonlyMap<SourceKey, number>;
}

/** Counters of a qube: others of it are of another ProxyVM, or have begun anew. */
export interface Source {
    readonly uuid: Uuid;
    /** Their identity. */
    readonly since: Uuid;
    /** When they were last seen: the run of dom0, and seconds of its uptime. */
    readonly boot: string;
    readonly at: number;
    /** Requests that were counted without their host. */
    readonly unnamed: number;
}

export type SourceKey = `${Uuid} ${Uuid}`;

export function keyOf({
    uuid,
    since,
}: Pick<Source, 'uuid' | 'since'>): SourceKey {
    return `${uuid} ${since}`;
}

export interface FileUsage {
    /** The qube whose file it is; null: of a tag or a set. */
    readonly owner: Uuid | null;
    /**
     * Since when all uses are in the sums, whoever the file is for, in seconds
     * since 1970; null: for one of them some are not counted.
     */
    readonly since: number | null;
    /** Until when. */
    readonly at: number;
    /** The newest of each qube is behind its others. */
    readonly sources: ReadonlyMap<SourceKey, Source>;
    /** By their expressions. */
    readonly rules: ReadonlyMap<string, RuleUsage>;
}

const boot = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/, 'no run of dom0'));
const sum = v.pipe(counter, v.maxValue(mostUses));
const place = v.pipe(counter, v.maxValue(mostSources - 1));

const schema = v.strictObject({
    version: v.literal(1),
    owner: v.nullable(uuid),
    since: v.nullable(counter),
    at: counter,
    sources: v.pipe(
        v.array(
            v.strictObject({
                uuid,
                since: uuid,
                boot,
                at: counter,
                unnamed: counter,
            }),
        ),
        v.maxLength(mostSources),
    ),
    rules: v.pipe(
        v.array(
            v.strictObject({
                rule: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
                count: sum,
                first: counter,
                last: v.nullable(counter),
                /** Places in `sources`, and what was counted there. */
                seen: v.array(v.strictTuple([place, counter])),
            }),
        ),
        v.maxLength(maxRules),
    ),
});

/** The place of the sums of a rule file, below /etc/qubes/filterproxy. */
export function usagePath(file: string): string {
    return `${usageDirectory}/${file.replace('/', '.')}.json`;
}

/** The rule file that a file in `usage/` is about; null: none. */
export function fileOfUsage(untrusted_name: string): string | null {
    const [, directory = '', name = ''] =
        /^([a-z]+)\.(.+)\.json$/.exec(untrusted_name) ?? [];
    const path = `${directory}/${name}`;
    return isRecordedPath(path) ? path : null;
}

/** Reads such a file, or says what is wrong with it. */
export function parseUsage(
    untrusted_bytes: Uint8Array,
): Result<FileUsage, string> {
    const decoded = decode(schema, untrusted_bytes, maxUsageBytes);
    if (!decoded.ok) {
        return decoded;
    }
    const { owner, since, at, sources, rules } = decoded.value;
    const keys = sources.map(keyOf);
    const known = new Map(
        rules.map(({ rule, seen, ...sums }) => [
            rule,
            { ...sums, seen: seenBy(keys, seen) },
        ]),
    );
    const isDistinct =
        new Set(keys).size === keys.length && known.size === rules.length;
    const isOfKnown = rules.every(
        ({ rule, seen }) =>
            known.get(rule)?.seen.size === seen.length &&
            seen.every(([, count]) => count > 0),
    );
    return isDistinct && isOfKnown
        ? ok({
              owner,
              since,
              at,
              sources: new Map(sources.map((each) => [keyOf(each), each])),
              rules: known,
          })
        : err('it contradicts itself');
}

function seenBy(
    keys: readonly SourceKey[],
    seen: readonly (readonly [number, number])[],
): Map<SourceKey, number> {
    return new Map(
        seen.flatMap(([index, count]) => {
            const key = keys[index];
            return key === undefined ? [] : [[key, count] as const];
        }),
    );
}

/** The text of such a file. */
export function renderUsage(usage: FileUsage): string {
    const { owner, since, at } = usage;
    const places = new Map([...usage.sources.keys()].map((key, n) => [key, n]));
    const rules = [...usage.rules].map(([rule, { seen, ...sums }]) => ({
        rule,
        ...sums,
        seen: [...seen].map(([key, count]) => [places.get(key), count]),
    }));
    const sources = [...usage.sources.values()];
    const text = { version: 1, owner, since, at, sources, rules };
    return `${JSON.stringify(text)}\n`;
}

/** Times alone are written no more often, in seconds. */
const oftenEnough = 60 * 60;

/** Whether it is worth writing what has become of it. */
export function isNews(before: FileUsage, after: FileUsage): boolean {
    const wait = after.at - before.at;
    return (
        wait < 0 ||
        wait >= oftenEnough ||
        renderUsage(timeless(before)) !== renderUsage(timeless(after))
    );
}

function timeless(usage: FileUsage): FileUsage {
    const sources = new Map(
        [...usage.sources].map(([key, source]) => [key, { ...source, at: 0 }]),
    );
    return { ...usage, at: 0, sources };
}
