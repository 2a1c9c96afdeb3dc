// Reads the logs of proxies that record all requests, and keeps of each client
// the hosts and ports that it asked for. It looks every now and then, so what a
// client sends costs a bounded part of its time.
import { lstatSync, readdirSync } from 'node:fs';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { isErrno, orIfMissing } from '../../shared/io/errno.ts';
import { type ProxyUid, parseProxyUid } from '../core/proxy-uid.ts';
import { count } from '../core/recorder/count-requests.ts';
import { follow } from '../core/recorder/follow-log.ts';
import { parseLogLine } from '../core/recorder/parse-log-line.ts';
import { mostKept, type RecordedProxy } from '../core/recorder/recorded.ts';
import { monotonicSeconds } from '../observe/clocks.ts';
import { logPaths, paths } from '../paths.ts';
import {
    closeLog,
    type LogFile,
    openLog,
    readLines,
    trim,
} from './log-file.ts';
import { leaveOutTables, openTable, save, type Table } from './table-file.ts';

/** A table is written at most so often, in milliseconds. */
const saveEveryMs = 200;

export class Recorder {
    private readonly logs = new Map<ProxyUid, LogFile>();
    private readonly tables = new Map<Uuid, Table>();
    /** Logs that could not be opened, which is said once. */
    private readonly unreadable = new Set<number>();

    /** Takes in what has come; whether there is anything to record at all. */
    look(): boolean {
        this.openAndCloseLogs();
        for (const log of this.logs.values()) {
            this.read(log);
        }
        this.saveTables();
        return this.logs.size > 0;
    }

    private openAndCloseLogs(): void {
        const uids = new Set(recordedUids());
        for (const [uid, log] of this.logs) {
            if (!uids.has(uid) || inodeOf(uid) !== log.inode) {
                // Its proxy has ended; the rest is there until it is closed.
                do {
                    this.read(log);
                } while (!log.isQuiet);
                closeLog(log);
                this.logs.delete(uid);
            }
        }
        for (const uid of uids) {
            const inode = inodeOf(uid);
            const isNew = inode !== null && !this.logs.has(uid);
            if (isNew && !this.unreadable.has(inode)) {
                this.open(uid, inode);
            }
        }
    }

    /** A proxy that was taken over can take its log away: only its own. */
    private open(uid: ProxyUid, inode: number): void {
        try {
            const log = openLog(uid, (...of) => this.offsetIn(...of));
            this.logs.set(uid, log);
        } catch (error) {
            if (!isErrno(error)) {
                throw error;
            }
            this.unreadable.add(inode);
            console.error(`${logPaths(uid).log}: ${error.code}: not recorded`);
        }
    }

    private offsetIn(proxy: RecordedProxy, inode: number): number {
        const { positions } = this.tableOf(proxy);
        return positions.find((each) => each.inode === inode)?.offset ?? 0;
    }

    private tableOf(proxy: RecordedProxy): Table {
        const known = this.tables.get(proxy.client);
        if (known !== undefined) {
            return known;
        }
        const table = openTable(proxy);
        this.tables.set(proxy.client, table);
        leaveOutTables([...this.tables.keys()]);
        return table;
    }

    private read(log: LogFile): void {
        const table = this.tableOf(log.proxy);
        const now = monotonicSeconds();
        readLines(log, (untrusted_line) => {
            const event = parseLogLine(untrusted_line);
            for (const seen of event ? follow(log.state, event) : []) {
                count(table.counts, seen, now);
            }
        });
        const { isFull, isCut } = trim(log);
        table.isIncomplete ||= isFull;
        table.isChanged ||= isFull || isCut || !log.isQuiet;
    }

    private saveTables(): void {
        const now = performance.now();
        const inUse = new Set<Uuid>();
        for (const { proxy } of this.logs.values()) {
            inUse.add(proxy.client);
        }
        for (const [client, table] of this.tables) {
            const isDue =
                now - table.savedAt >= saveEveryMs || !inUse.has(client);
            if (table.isChanged && isDue) {
                save(table, this.positionsFor(client));
            }
            if (!inUse.has(client)) {
                this.tables.delete(client);
            }
        }
    }

    private positionsFor(client: Uuid) {
        return [...this.logs.values()]
            .filter(({ proxy }) => proxy.client === client)
            .map(({ inode, offset }) => ({ inode, offset }))
            .slice(-mostKept.positions);
    }
}

/** The proxies of which the agent says that they are to be recorded. */
function recordedUids(): ProxyUid[] {
    const names = orIfMissing(() => readdirSync(paths.logs), []);
    return names
        .map((name) => /^([0-9]+)\.json$/.exec(name)?.[1] ?? '')
        .map(parseProxyUid)
        .filter((uid) => uid !== null);
}

/** Null where there is none. */
function inodeOf(uid: ProxyUid): number | null {
    return orIfMissing(() => lstatSync(logPaths(uid).log).ino, null);
}
