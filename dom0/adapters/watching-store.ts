// Who watches, for all programs of ours: what is watched is recorded, whoever
// tells its ProxyVM next.
import { type Watching, watchingSchema } from '../core/watching.ts';
import type { RunDirectory } from './run-directory.ts';
import { type RunValue, runValue } from './run-value.ts';

export type WatchingStore = RunValue<Watching>;

export function watchingStore(directory: RunDirectory): WatchingStore {
    return runValue(directory, {
        file: 'watching.json',
        schema: watchingSchema,
        missing: [],
        render: (watching) => watching,
    });
}
