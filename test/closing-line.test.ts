import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const program = join(import.meta.dirname, 'closing-line.mjs');

let directory: string;
beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'closing-line-'));
});
afterAll(() => rm(directory, { recursive: true }));

const good = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [] }],
};
const unloadable = { status: 'failed', assertionResults: [] };

const cases = [
    {
        title: 'adds up its reports',
        reports: [good, good],
        says: '6 passed, 0 failed, 0 skipped',
        exitCode: 0,
    },
    {
        title: 'fails when a test failed',
        reports: [good, { ...good, numFailedTests: 2 }],
        says: '6 passed, 2 failed, 0 skipped',
        exitCode: 1,
    },
    {
        title: 'counts a file that did not load as failed',
        reports: [{ ...good, testResults: [unloadable] }],
        says: '3 passed, 1 failed, 0 skipped',
        exitCode: 1,
    },
    {
        title: 'lets a test be skipped by hand',
        reports: [{ ...good, numPendingTests: 1, numTodoTests: 1 }],
        says: '3 passed, 0 failed, 2 skipped',
        exitCode: 0,
    },
    {
        title: 'fails in CI when a test was skipped',
        reports: [{ ...good, numPendingTests: 1 }],
        env: { CI: 'true' },
        says: '3 passed, 0 failed, 1 skipped',
        exitCode: 1,
    },
    {
        title: 'fails when nothing ran',
        reports: [{ ...good, numPassedTests: 0 }],
        says: '0 passed, 0 failed, 0 skipped',
        exitCode: 1,
    },
    {
        title: 'fails when a report is missing',
        reports: [good, null],
        says: '3 passed, 1 failed, 0 skipped',
        exitCode: 1,
    },
];

describe('the closing line', () => {
    test.each(cases)('$title', async ({ reports, env, says, exitCode }) => {
        const paths = reports.map((_, at) => join(directory, `${at}.json`));
        for (const [at, path] of paths.entries()) {
            await rm(path, { force: true });
            if (reports[at]) {
                await writeFile(path, JSON.stringify(reports[at]));
            }
        }
        const result = await execa(process.execPath, [program, ...paths], {
            env: { CI: '', ...env },
            reject: false,
        });
        expect(result.stdout.split('\n').at(-1)).toBe(says);
        expect(result.exitCode).toBe(exitCode);
    });
});
