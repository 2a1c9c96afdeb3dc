// What is kept of one client: bounded, whatever it asks for.
import type { RequestEntry } from '../../../shared/protocol/requests.ts';
import type { Seen } from './open-requests.ts';
import {
    mostKept,
    type RecordedEntry,
    type RecordedRequests,
} from './recorded.ts';

type Kept = { -readonly [Key in keyof RecordedEntry]: RecordedEntry[Key] };

export interface Counts {
    /** By what it is of; the longest unseen first. */
    readonly entries: Map<string, Kept>;
    hostCharacters: number;
    unnamed: number;
}

export function countsOf({
    entries,
    unnamed,
}: Pick<RecordedRequests, 'entries' | 'unnamed'>): Counts {
    const counts: Counts = { entries: new Map(), hostCharacters: 0, unnamed };
    for (const entry of entries) {
        counts.entries.set(keyOf(entry), { ...entry });
        counts.hostCharacters += entry.host.length;
    }
    return counts;
}

/** Counts one that was seen `now`, in seconds of the monotonic clock. */
export function count(
    counts: Counts,
    { host, port, outcome }: Seen,
    now: number,
): void {
    if (host === null) {
        counts.unnamed += 1;
        return;
    }
    const key = keyOf({ host, port, outcome });
    const entry = counts.entries.get(key);
    if (entry === undefined) {
        // As a part of a line it would keep all that was read with it.
        const own = key.slice(-host.length);
        const kept = { host: own, port, outcome, count: 1 };
        counts.entries.set(key, { ...kept, first: now, last: now });
        counts.hostCharacters += host.length;
        leaveOut(counts);
        return;
    }
    entry.count += 1;
    entry.last = now;
    // The last of all.
    counts.entries.delete(key);
    counts.entries.set(key, entry);
}

/** The longest unseen, until there is room. */
function leaveOut(counts: Counts): void {
    const { entries } = counts;
    for (const [key, entry] of entries) {
        const isFull =
            entries.size > mostKept.entries ||
            counts.hostCharacters > mostKept.hostCharacters;
        if (!isFull) {
            return;
        }
        entries.delete(key);
        counts.hostCharacters -= entry.host.length;
        counts.unnamed += entry.count;
    }
}

/** What an entry counts. */
export function keyOf({
    host,
    port,
    outcome,
}: Pick<RequestEntry, 'host' | 'port' | 'outcome'>): string {
    return `${outcome} ${port ?? ''} ${host}`;
}
