// Puts together what journal, recorder and firewall know of a client's
// requests, within the bounds of an answer.
import { limits } from '../../../shared/protocol/limits.ts';
import type {
    ClientRequests,
    RequestEntry,
} from '../../../shared/protocol/requests.ts';
import { keyOf } from '../recorder/count-requests.ts';

/** An entry with its times on the monotonic clock, in seconds. */
export interface TimedEntry
    extends Pick<RequestEntry, 'host' | 'port' | 'outcome' | 'count'> {
    readonly first: number;
    readonly last: number;
}

export interface SeenRequests {
    readonly entries: Iterable<TimedEntry>;
    readonly unnamed: number;
}

export interface ClientSeen
    extends Pick<ClientRequests, 'uuid' | 'name' | 'recording' | 'since'> {
    /** Each counts requests that no other one counts. */
    readonly sources: readonly SeenRequests[];
}

/**
 * All clients that have something to tell, or a proxy. Where there is too much,
 * each keeps its share, of what was seen last; the rest counts as unnamed.
 */
export function requestsOf(
    clients: readonly ClientSeen[],
    now: number,
    sinceSeconds: number | null,
): ClientRequests[] {
    const told = clients.slice(-limits.clients);
    const share = Math.min(
        limits.requestEntries,
        Math.floor(limits.requestEntriesOfAll / Math.max(1, told.length)),
    );
    return told.map(({ sources, ...client }) => {
        const entries = merged(sources)
            .filter(
                ({ last }) =>
                    sinceSeconds === null || now - last <= sinceSeconds,
            )
            .sort((one, other) => one.last - other.last);
        const left = entries.slice(0, Math.max(0, entries.length - share));
        const unnamed = [...sources, ...left.map(asUnnamed)];
        return {
            ...client,
            entries: entries
                .slice(left.length)
                .map((entry) => asOfNow(entry, now)),
            unnamed: unnamed.reduce((sum, each) => sum + each.unnamed, 0),
        };
    });
}

/** What two of them count is added up. */
function merged(sources: readonly SeenRequests[]): TimedEntry[] {
    const all = new Map<string, TimedEntry>();
    for (const { entries } of sources) {
        for (const entry of entries) {
            const key = keyOf(entry);
            const other = all.get(key);
            all.set(key, other === undefined ? entry : sum(entry, other));
        }
    }
    return [...all.values()];
}

function sum(one: TimedEntry, other: TimedEntry): TimedEntry {
    return {
        ...one,
        count: one.count + other.count,
        first: Math.min(one.first, other.first),
        last: Math.max(one.last, other.last),
    };
}

function asUnnamed({ count }: TimedEntry) {
    return { unnamed: count };
}

/** Whole seconds ago; what journald took a moment for is now. */
function asOfNow(entry: TimedEntry, now: number): RequestEntry {
    const { host, port, outcome, count, first, last } = entry;
    const ago = (then: number) => Math.max(0, Math.round(now - then));
    const [firstAgo, lastAgo] = [ago(first), ago(last)];
    return { host, port, outcome, count, firstAgo, lastAgo };
}
