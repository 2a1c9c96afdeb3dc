// The history of our files, in /etc/qubes/filterproxy/history.
import { lstatSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../shared/result.ts';
import { configDirectories } from '../core/config-file.ts';
import { type FileProblem, wholeFile } from '../core/file-problem.ts';
import type { SizedEntry } from '../core/history.ts';
import {
    type Entry,
    type EntryName,
    entryPath,
    historyDirectory,
    isRecordedPath,
    maxEntryBytes,
    parseEntry,
    parseEntryName,
    renderEntry,
} from '../core/history-entry.ts';
import { maxRuleFileBytes } from '../core/rule-file.ts';
import {
    type ConfigDirectory,
    entriesOf,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { asFailure, readTrusted, type Trusted } from './files.ts';

export interface AllEntries {
    /** By number. */
    readonly entries: readonly EntryName[];
    /** Files among them that are none. */
    readonly ignored: readonly FileProblem[];
}

/** All of it under the lock of rule files, or it may change meanwhile. */
export interface HistoryStore {
    list(): Promise<AllEntries>;
    /** The same with their sizes, for which each of them is looked at. */
    sizes(entries: readonly EntryName[]): Promise<SizedEntry[]>;
    /** Comes after a list(). */
    read(name: EntryName): Promise<Result<Entry, FileProblem>>;
    /** Written durably. */
    write(name: EntryName, entry: Entry): Promise<void>;
    /** The change came about. A crash may undo this: settle() does it again. */
    confirm(name: EntryName): Promise<void>;
    delete(name: EntryName): Promise<void>;
    /** What is in a file now, nothing if it is missing; or why it is unread. */
    current(path: string): Promise<Result<Buffer, FileProblem>>;
    /** All files that have a history, or are to have one. */
    paths(): Promise<string[]>;
}

export function historyStore(config: ConfigDirectory): HistoryStore {
    const below = (path: string) => join(config.directory, path);
    const pathOf = (name: EntryName) => below(entryPath(name));
    let trusted: Trusted | null = null;
    return {
        async list() {
            // They may be thousands, and are read one by one.
            trusted = trustConfig(config);
            return list(config);
        },
        async sizes(entries) {
            // As many as there are: through threads it would take longer.
            return entries.map((name) => ({
                ...name,
                bytes: sizeOf(pathOf(name)),
            }));
        },
        async read(name) {
            const path = entryPath(name);
            trusted ??= trustConfig(config);
            const file = below(path);
            const bytes = readTrusted(file, trusted, maxEntryBytes);
            if (bytes === null) {
                return err(wholeFile(path, 'is not there any more'));
            }
            const entry = bytes.ok ? parseEntry(bytes.value) : bytes;
            return entry.ok ? entry : err(wholeFile(path, entry.error));
        },
        write: (name, entry) =>
            writeConfig(config, entryPath(name), renderEntry(entry)),
        async confirm(name) {
            const done = pathOf({ ...name, isPending: false });
            try {
                await rename(pathOf(name), done);
            } catch (error) {
                throw asFailure(error, 'write', done);
            }
        },
        async delete(name) {
            try {
                await rm(pathOf(name), { force: true });
            } catch (error) {
                throw asFailure(error, 'delete', pathOf(name));
            }
        },
        async current(path) {
            const bytes = readTrusted(
                below(path),
                trustConfig(config),
                maxRuleFileBytes,
            );
            if (bytes === null) {
                return ok(Buffer.alloc(0));
            }
            return bytes.ok ? bytes : err(wholeFile(path, bytes.error));
        },
        async paths() {
            const found = configDirectories.map(async (directory) =>
                (await entriesOf(below(directory)))
                    .map((file) => `${directory}/${file}`)
                    .filter(isRecordedPath),
            );
            return (await Promise.all(found)).flat();
        },
    };
}

async function list(config: ConfigDirectory): Promise<AllEntries> {
    const directory = join(config.directory, historyDirectory);
    const entries: EntryName[] = [];
    const ignored: FileProblem[] = [];
    for (const file of await entriesOf(directory)) {
        const name = parseEntryName(file);
        if (!name.ok) {
            const path = `${historyDirectory}/${file}`;
            ignored.push(wholeFile(path, `not listed: ${name.error}`));
        } else {
            entries.push(name.value);
        }
    }
    return {
        entries: entries.sort((one, other) => one.number - other.number),
        ignored,
    };
}

/** Nothing if it went meanwhile. */
function sizeOf(path: string): number {
    try {
        return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    } catch (error) {
        throw asFailure(error, 'read', path);
    }
}
