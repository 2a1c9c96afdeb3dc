// What is kept of one client, and the file of it.
import { randomUUID } from 'node:crypto';
import {
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    writeFileSync,
} from 'node:fs';
import { parseUuid, type Uuid } from '../../shared/domain/uuid.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { type Counts, countsOf } from '../core/recorder/count-requests.ts';
import {
    mostRecordedBytes,
    type RecordedProxy,
    type RecordedRequests,
    recordedRequests,
} from '../core/recorder/recorded.ts';
import { readKept } from '../observe/kept.ts';
import { paths, recordedPath } from '../paths.ts';

export interface Table {
    readonly client: Uuid;
    readonly name: string;
    readonly since: string;
    readonly counts: Counts;
    isIncomplete: boolean;
    readonly positions: RecordedRequests['positions'];
    /** Whether the file says something else. */
    isChanged: boolean;
    /** Milliseconds of performance.now(). */
    savedAt: number;
}

/** Goes on with what is kept; begins anew with what cannot be read. */
export function openTable({ client, name }: RecordedProxy): Table {
    const path = recordedPath(client);
    const kept = readKept(recordedRequests, path, mostRecordedBytes);
    if (kept !== null && !kept.ok) {
        console.error(`${path}: ${kept.error}: begun anew`);
    }
    const before = kept?.ok ? kept.value : newTable();
    const { since, isIncomplete, positions } = before;
    const counts = countsOf(before);
    const saved = { isChanged: kept?.ok !== true, savedAt: -Infinity };
    return { client, name, since, counts, isIncomplete, positions, ...saved };
}

function newTable() {
    const since = randomUUID();
    return {
        since,
        entries: [],
        unnamed: 0,
        isIncomplete: false,
        positions: [],
    };
}

/** Writes it whole; `positions` are those of the logs that it counts. */
export function save(
    table: Table,
    positions: RecordedRequests['positions'],
): void {
    const { name, since, counts, isIncomplete } = table;
    const { unnamed } = counts;
    const entries = [...counts.entries.values()];
    const whole = { name, since, entries, unnamed, isIncomplete, positions };
    const path = recordedPath(table.client);
    writeFileSync(`${path}.new`, JSON.stringify(whole), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    table.isChanged = false;
    table.savedAt = performance.now();
}

/** Of clients that are not recorded now the longest unseen go. */
export function leaveOutTables(recordedNow: readonly Uuid[]): void {
    const others = readdirSync(paths.recorded)
        .map((name) => parseUuid(name.replace(/\.json$/, '')))
        .flatMap((uuid) => (uuid.ok ? [uuid.value] : []))
        .filter((uuid) => !recordedNow.includes(uuid))
        .map((uuid) => ({ uuid, at: statSync(recordedPath(uuid)).mtimeMs }))
        .sort((a, b) => b.at - a.at);
    const room = Math.max(0, limits.clients - recordedNow.length);
    for (const { uuid } of others.slice(room)) {
        rmSync(recordedPath(uuid));
    }
}
