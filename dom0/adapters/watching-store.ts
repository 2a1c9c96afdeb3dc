// Who watches, for all programs of ours: what is watched is recorded, whoever
// tells its ProxyVM next.
import { type Watching, watchingSchema } from '../core/watching.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const file = 'watching.json';

export interface WatchingStore {
    read(): Promise<Watching>;
    write(watching: Watching): Promise<void>;
}

export function watchingStore(directory: RunDirectory): WatchingStore {
    return {
        read: async () =>
            (await readRunFile(directory, file, watchingSchema)) ?? [],
        write: (watching) => writeRunFile(directory, file, watching),
    };
}
