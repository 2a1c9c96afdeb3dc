// Which qubes start, for all programs of ours: a command that looked
// meanwhile would close their doors.
import { type Starting, startingSchema } from '../core/starting.ts';
import type { RunDirectory } from './run-directory.ts';
import { type RunValue, runValue } from './run-value.ts';

export type StartingStore = RunValue<Starting>;

export function startingStore(directory: RunDirectory): StartingStore {
    return runValue(directory, {
        file: 'starting.json',
        schema: startingSchema,
        missing: new Map(),
        render: (starting) => [...starting],
    });
}
