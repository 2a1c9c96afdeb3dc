// The history of dom0's files in memory.
import {
    type FileProblem,
    wholeFile,
} from '../../../dom0/core/file-problem.ts';
import type { Entry, EntryName } from '../../../dom0/core/history-entry.ts';
import type { Deps } from '../../../dom0/deps.ts';
import { err, ok, type Result } from '../../../shared/result.ts';

export interface Kept {
    name: EntryName;
    readonly entry: Entry;
}

type Turn = <T>(what: string, action: () => T) => Promise<T>;

interface Files {
    readonly read: Turn;
    readonly write: Turn;
    readonly paths: () => string[];
    readonly current: (path: string) => Result<Buffer, FileProblem>;
}

export function historyIn(
    kept: Kept[],
    { read, write, paths, current }: Files,
): Deps['history'] {
    const at = (number: number) =>
        kept.findIndex(({ name }) => name.number === number);
    return {
        list: () =>
            read('the history', () => ({
                entries: kept.map(({ name }) => name),
                ignored: [],
            })),
        sizes: (entries) =>
            read('the history', () =>
                entries.map((name) => ({ ...name, bytes: 100 })),
            ),
        read: (name) =>
            read('an entry', () => {
                const found = kept[at(name.number)];
                return found === undefined
                    ? err(wholeFile(name.path, 'is missing'))
                    : ok(found.entry);
            }),
        write: (name, entry) =>
            write('an entry', () => {
                kept.push({ name, entry });
            }),
        confirm: (name) =>
            write('an entry', () => {
                const found = kept[at(name.number)];
                if (found !== undefined) {
                    found.name = { ...name, isPending: false };
                }
            }),
        delete: (name) =>
            write('an entry', () => {
                kept.splice(at(name.number), 1);
            }),
        current: (path) => read(path, () => current(path)),
        paths: () => read('what there is', paths),
    };
}
