// What a qube asked for while it learned, as it was collected from its ProxyVM
// before that could forget it. Hosts and counts, and nothing else.
import * as v from 'valibot';
import { findOddity } from '../../shared/pattern/index.ts';
import {
    counter,
    qubeName,
    shownHost,
    uuid,
} from '../../shared/protocol/schema.ts';
import { holdFields } from './stopped.ts';
import type { AskedHost } from './suggest.ts';

/** Entries that are kept of each life of a ProxyVM's counters. */
export const mostEntries = 2000;

const entry = v.strictObject({
    /** As the protocol has it: printable, in lower case. */
    host: v.pipe(v.string(), v.regex(shownHost)),
    port: v.nullable(counter),
    outcome: v.picklist(['allowed', 'filter', 'port', 'destination']),
    count: counter,
});

export const learnedSchema = v.strictObject({
    /** When it began to learn; that names the learning. */
    since: holdFields.since,
    /** When this was collected last, and where. */
    at: holdFields.since,
    proxyvm: qubeName,
    /** Of which counters `current` is; null: of none that are known. */
    counters: v.nullable(uuid),
    current: v.pipe(v.array(entry), v.maxLength(mostEntries)),
    /** Of the counters before, summed up. */
    before: v.pipe(v.array(entry), v.maxLength(mostEntries)),
    /** Requests whose host was not kept, by the same counters. */
    unnamed: counter,
    unnamedBefore: counter,
});

export type Learned = v.InferOutput<typeof learnedSchema>;
export type LearnedEntry = Learned['current'][number];

/** What one ProxyVM said of a qube. */
export interface Recorded {
    /** Names the life of its counters. */
    readonly since: Learned['counters'];
    readonly entries: readonly LearnedEntry[];
    readonly unnamed: number;
}

type Collection = Pick<Learned, 'since' | 'at' | 'proxyvm'>;

/** What is known after a collection; of another learning nothing stays. */
export function withRecorded(
    known: Learned | null,
    { since: counters, entries, unnamed }: Recorded,
    collection: Collection,
): Learned {
    const learned = known?.since === collection.since ? known : null;
    const isSame = counters !== null && learned?.counters === counters;
    const now = isSame ? learned : null;
    return {
        ...collection,
        counters,
        current: bounded(together(now?.current ?? [], entries, Math.max)),
        before: now?.before ?? (learned === null ? [] : allEntries(learned)),
        unnamed: Math.max(now?.unnamed ?? 0, unnamed),
        unnamedBefore:
            now?.unnamedBefore ?? (learned === null ? 0 : allUnnamed(learned)),
    };
}

/** As far as can be written down and read again, whatever a ProxyVM says. */
const add = (one: number, other: number) =>
    Math.min(one + other, Number.MAX_SAFE_INTEGER);

/** Counters only grow: of what is known twice the greater count is newer. */
function together(
    one: readonly LearnedEntry[],
    other: readonly LearnedEntry[],
    combine: (one: number, other: number) => number,
): LearnedEntry[] {
    const found = new Map<string, LearnedEntry>();
    for (const { host, port, outcome, count } of [...one, ...other]) {
        const key = `${host} ${port} ${outcome}`;
        const before = found.get(key)?.count;
        found.set(key, {
            host,
            port,
            outcome,
            count: before === undefined ? count : combine(before, count),
        });
    }
    return [...found.values()];
}

/** What was asked for least goes first. */
function bounded(entries: readonly LearnedEntry[]): LearnedEntry[] {
    return [...entries]
        .sort((one, other) => other.count - one.count)
        .slice(0, mostEntries);
}

/**
 * The hosts that a rule may be for: those at ports that are closed are none. A
 * plain name that was refused was so before or after the qube learned.
 */
export function askedHosts(
    entries: readonly LearnedEntry[],
    hasLearned: boolean,
): AskedHost[] {
    return entries.filter(
        ({ outcome, host }) =>
            outcome === 'allowed' ||
            (outcome === 'filter' &&
                (!hasLearned || findOddity(host) !== null)),
    );
}

/** Of all that was collected, as much as is kept. */
export function allEntries({ current, before }: Learned): LearnedEntry[] {
    return bounded(together(before, current, add));
}

/** All requests whose host was not kept. */
export function allUnnamed({ unnamed, unnamedBefore }: Learned): number {
    return add(unnamed, unnamedBefore);
}
