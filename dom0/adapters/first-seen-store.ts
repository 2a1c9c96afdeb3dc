// When the times of rules were seen first, for all programs of ours, in this
// boot of dom0: its uptime begins anew with the next, and so does /run.
import {
    type FirstSeen,
    firstSeenSchema,
    nothingSeen,
} from '../core/first-seen.ts';
import type { RunDirectory } from './run-directory.ts';
import { type RunValue, runValue } from './run-value.ts';

export type FirstSeenStore = RunValue<FirstSeen>;

export function firstSeenStore(directory: RunDirectory): FirstSeenStore {
    return runValue(directory, {
        file: 'expiries.json',
        schema: firstSeenSchema,
        missing: nothingSeen,
        render: (seen) => [...seen],
    });
}
