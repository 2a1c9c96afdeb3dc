// Whatever a program does, running it is bounded in time and memory: with
// real programs, and the memory of a process that does nothing else.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { Probe } from './memory-probe.ts';

const directory = mkdtempSync(join(tmpdir(), 'run-command-'));
const program = join(directory, 'memory-probe.mjs');

beforeAll(async () => {
    await build({
        entryPoints: [join(import.meta.dirname, 'memory-probe.ts')],
        bundle: true,
        platform: 'node',
        format: 'esm',
        outfile: program,
        banner: {
            js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
    });
});

afterAll(() => rmSync(directory, { recursive: true }));

/** Runs it for at most that long, with as much output as an answer may have. */
async function probe(timeoutMs: number, script: string): Promise<Probe> {
    const { stdout, stderr } = await runCommand(process.execPath, [
        program,
        String(limits.answerBytes),
        String(timeoutMs),
        'sh',
        '-c',
        script,
    ]);
    return stdout.length === 0
        ? expect.unreachable(stderr.toString())
        : JSON.parse(stdout.toString());
}

/** MiB: an answer, twice, and what node takes and gives back meanwhile. */
const most = 64;

describe('an answer', () => {
    test.each([
        ['of a gigabyte', 'head -c 1G /dev/zero'],
        ['of a gigabyte of complaints', 'head -c 1G /dev/zero >&2'],
        [
            'of a gigabyte in one line each way',
            'yes >&2 & head -c 1G /dev/zero',
        ],
        ['without end', 'yes'],
        ['without end, of a program behind another', 'yes & sleep 15'],
    ])('%s is cut off, in little memory', async (_, script) => {
        const began = performance.now();
        const { tooLong, bytes, grown } = await probe(30_000, script);
        expect(performance.now() - began).toBeLessThan(12_000);
        expect(tooLong).toBe(true);
        expect(bytes).toBeLessThanOrEqual(2 * limits.answerBytes);
        expect(grown).toBeLessThan(most);
    });

    test('that comes byte by byte has until the time is up', async () => {
        const script = 'while :; do printf x; sleep 0.02; done';
        const { timedOut, bytes } = await probe(500, script);
        expect(timedOut).toBe(true);
        expect(bytes).toBeGreaterThan(0);
        expect(bytes).toBeLessThan(40);
    });
});

describe('a program', () => {
    const hanging: [string, string][] = [
        ['says nothing', 'exec sleep 15'],
        ['minds no signal', "trap '' HUP INT TERM; sleep 15; sleep 15"],
        ['has stopped', 'kill -STOP $$'],
        ['closed its output', 'exec >&- 2>&-; sleep 15'],
        ['leaves its output to another', 'sleep 15 & exit 0'],
    ];

    test.each(hanging)('that %s is not waited for', async (_, script) => {
        const began = performance.now();
        const outcome = await runCommand('sh', ['-c', script], {
            timeoutMs: 200,
        });
        expect(performance.now() - began).toBeLessThan(10_000);
        expect(outcome.stdout.length).toBe(0);
    });

    test('that does not read its input is not waited for', async () => {
        const input = Buffer.alloc(10_000_000);
        const outcome = await runCommand('sleep', ['15'], {
            input,
            timeoutMs: 200,
        });
        expect(outcome).toMatchObject({ timedOut: true, exitCode: null });
    });
});
