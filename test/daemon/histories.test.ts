// What must hold whatever happens, over random histories of a small Qubes OS.
// The long run: HISTORIES=50000 npx vitest run --project unit \
//     test/daemon/histories.test.ts
import fc from 'fast-check';
import { test } from 'vitest';
import { history, live } from './model/history.ts';

const numRuns = Number(process.env['HISTORIES'] ?? 1000);

test(
    'no client is ever served what it may not, and in the end every ProxyVM is right',
    {
        timeout: 3_600_000,
    },
    () =>
        fc.assert(fc.asyncProperty(history, live), {
            seed: 20_261_124,
            numRuns,
        }),
);
