// When the times of rules were seen first, for all programs of ours, in this
// boot of dom0: its uptime begins anew with the next, and so does /run.
import {
    type FirstSeen,
    firstSeenSchema,
    nothingSeen,
} from '../core/first-seen.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const file = 'expiries.json';

export interface FirstSeenStore {
    read(): Promise<FirstSeen>;
    write(seen: FirstSeen): Promise<void>;
}

export function firstSeenStore(directory: RunDirectory): FirstSeenStore {
    return {
        read: async () =>
            (await readRunFile(directory, file, firstSeenSchema)) ??
            nothingSeen,
        write: (seen) => writeRunFile(directory, file, [...seen]),
    };
}
