// Which qubes start, for all programs of ours: a command that looked
// meanwhile would close their doors.
import { type Starting, startingSchema } from '../core/starting.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const file = 'starting.json';

export interface StartingStore {
    read(): Promise<Starting>;
    write(starting: Starting): Promise<void>;
}

export function startingStore(directory: RunDirectory): StartingStore {
    return {
        read: async () =>
            (await readRunFile(directory, file, startingSchema)) ?? new Map(),
        write: (starting) => writeRunFile(directory, file, [...starting]),
    };
}
