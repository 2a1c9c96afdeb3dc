// All that this ProxyVM knows of its clients' requests, put together.
import type { Uuid } from '../shared/domain/uuid.ts';
import type { RunCommand } from '../shared/io/run-command.ts';
import type { ClientRequests } from '../shared/protocol/requests.ts';
import type { KnownProxy } from './core/proxy-record.ts';
import { portOf } from './core/proxy-uid.ts';
import type { RecordedRequests } from './core/recorder/recorded.ts';
import type { JournalRequests } from './core/requests/journal-requests.ts';
import {
    requestsOf,
    type TimedEntry,
} from './core/requests/requests-answer.ts';
import { holderAt, namesOf, type Tenure } from './core/requests/tenures.ts';
import { monotonicSeconds } from './observe/clocks.ts';
import { ProxyRecords } from './observe/files.ts';
import { type ObservedUse, observeUse } from './observe/nft.ts';
import { RecordedFiles } from './observe/recorded.ts';

export interface Sources {
    readonly journal: JournalRequests;
    readonly tenures: readonly Tenure[];
    /** What nftables says, and when that was read. */
    readonly use: SeenUse;
    readonly files: FileCaches;
}

/** What is read of them is kept for the next time. */
export interface FileCaches {
    readonly recorded: RecordedFiles;
    readonly records: ProxyRecords;
}

export function fileCaches(): FileCaches {
    return { recorded: new RecordedFiles(), records: new ProxyRecords() };
}

export interface SeenUse extends ObservedUse {
    /** Seconds of the monotonic clock. */
    readonly at: number;
}

export async function seeUse(run: RunCommand): Promise<SeenUse> {
    const use = await observeUse(run);
    return { ...use, at: monotonicSeconds() };
}

/** As of now. `sinceSeconds` leaves out what was last seen before that. */
export function seenRequests(
    { journal, tenures, use, files }: Sources,
    sinceSeconds: number | null,
): ClientRequests[] {
    const now = monotonicSeconds();
    const records = files.records.read();
    const recorded = files.recorded.read();
    const connections = refusedByClient(use, tenures);
    const names = namesOf(tenures);
    const clients = [...names].map(([uuid, name]) => {
        const counts = journal.clients.get(uuid);
        const kept = recorded.get(uuid);
        return {
            uuid,
            name,
            recording: recordingOf(uuid, records, use),
            since: kept?.since ?? null,
            sources: [
                ...(counts
                    ? [{ ...counts, entries: counts.entries.values() }]
                    : []),
                ...(kept ? [asSeen(kept)] : []),
                { entries: connections.get(uuid) ?? [], unnamed: 0 },
            ],
        };
    });
    return requestsOf(clients, now, sinceSeconds);
}

/** Where a proxy stopped telling there was one more at least. */
function asSeen({ entries, unnamed, isIncomplete }: RecordedRequests) {
    return { entries, unnamed: unnamed + (isIncomplete ? 1 : 0) };
}

/** Whose the user id was at the last time; before that nobody else's. */
function refusedByClient(
    { refused, at }: SeenUse,
    tenures: readonly Tenure[],
): Map<Uuid, TimedEntry[]> {
    const byClient = new Map<Uuid, TimedEntry[]>();
    for (const { uid, address, port, count, lastAgo } of refused) {
        const last = at - lastAgo;
        const holder = holderAt(tenures, uid, last);
        if (holder !== null) {
            const entries = byClient.get(holder.client) ?? [];
            const outcome = 'destination' as const;
            const times = { first: last, last };
            entries.push({ host: address, port, outcome, count, ...times });
            byClient.set(holder.client, entries);
        }
    }
    return byClient;
}

/**
 * What the proxy that serves a client records: not always the newest one, an
 * older one with the same filter may have taken over again.
 */
function recordingOf(
    client: Uuid,
    records: readonly KnownProxy[],
    { doors }: SeenUse,
): ClientRequests['recording'] {
    const own = records
        .filter(({ record }) => record.uuid === client)
        .sort((a, b) => b.record.generation - a.record.generation);
    const serving = own.find(({ uid }) => doors.has(portOf(uid)));
    return (serving ?? own[0])?.record.filter.record ?? null;
}
