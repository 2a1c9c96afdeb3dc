// A program that goes on, whatever it does, is bounded; with real programs.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
    type StreamOptions,
    streamCommand,
} from '../../shared/io/stream-command.ts';

const usual = {
    input: '',
    signal: new AbortController().signal,
    maxLineBytes: 1000,
    silenceMs: 20_000,
    paceMs: 0,
};

/** What a shell script prints, and how it ends. */
async function run(script: string, options: Partial<StreamOptions> = {}) {
    const lines: string[] = [];
    const end = await streamCommand('sh', ['-c', script], {
        ...usual,
        onLine: (line) => {
            lines.push(line.toString());
            return true;
        },
        ...options,
    });
    return { lines, end };
}

describe('a program that goes on', () => {
    test('is heard line by line, and its end told', async () => {
        const { lines, end } = await run(
            "printf 'one\\n\\ntw'; sleep 0.1; printf 'o\\nrest'; echo no >&2; exit 7",
        );
        expect(lines).toEqual(['one', '', 'two']);
        expect(end).toEqual({
            kind: 'exit',
            exitCode: 7,
            stderr: Buffer.from('no\n'),
            startError: null,
        });
    });

    test('gets its input, which stays open', async () => {
        const script = 'read line; echo "$line"; read more || exit 1';
        const controller = new AbortController();
        const { end } = await run(script, {
            input: 'hello\n',
            signal: controller.signal,
            onLine(line) {
                expect(line.toString()).toBe('hello');
                setTimeout(() => controller.abort(), 200);
                return true;
            },
        });
        expect(end).toEqual({ kind: 'aborted' });
    });

    test('is told by the end of its input that nobody listens', async () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 200);
        const began = performance.now();
        const { end } = await run("trap '' TERM INT; cat; exit 0", {
            signal: controller.signal,
        });
        expect(end).toEqual({ kind: 'aborted' });
        expect(performance.now() - began).toBeLessThan(5000);
    });

    test('is ended if it does not mind that', async () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 100);
        const began = performance.now();
        await run("trap '' TERM INT HUP PIPE; sleep 15; sleep 15", {
            signal: controller.signal,
        });
        expect(performance.now() - began).toBeLessThan(8000);
    });

    test.each([
        ['/no/such/program', [], 'ENOENT'],
        ['true', ['x'.repeat(1_000_000)], 'E2BIG'],
    ])('that does not start is told so: %s', async (file, args, startError) => {
        const end = await streamCommand(file, args, {
            ...usual,
            onLine: () => true,
        });
        const stderr = Buffer.alloc(0);
        expect(end).toEqual({
            kind: 'exit',
            exitCode: null,
            stderr,
            startError,
        });
    });

    test('that a signal ended did start', async () => {
        const { end } = await run('kill -KILL $$');
        expect(end).toMatchObject({ exitCode: null, startError: null });
    });

    test('is not started when nobody listens any more', async () => {
        const { lines, end } = await run('echo yes', {
            signal: AbortSignal.abort(),
        });
        expect({ lines, end }).toEqual({ lines: [], end: { kind: 'aborted' } });
    });

    test.each([
        ['a line too long', 'head -c 1001 /dev/zero; sleep 15'],
        ['a line too long at once', 'head -c 1001 /dev/zero; echo; sleep 15'],
        ['a gigabyte in one line', 'head -c 1G /dev/zero'],
    ])('is ended for %s', async (_, script) => {
        const began = performance.now();
        const { lines, end } = await run(script);
        expect({ lines, end }).toEqual({
            lines: [],
            end: { kind: 'too-long' },
        });
        expect(performance.now() - began).toBeLessThan(8000);
    });

    test('may say a line of just so many bytes', async () => {
        const { lines, end } = await run('head -c 1000 /dev/zero; echo');
        expect(lines.map((line) => line.length)).toEqual([1000]);
        expect(end.kind).toBe('exit');
    });

    test('is ended when it says nothing for too long', async () => {
        const { lines, end } = await run('echo a; printf b; sleep 15', {
            silenceMs: 300,
        });
        expect({ lines, end }).toEqual({
            lines: ['a'],
            end: { kind: 'silent' },
        });
    });

    test('is not taken for silent while its line is worked on', async () => {
        const { end } = await run('echo a; echo b; exit 3', {
            silenceMs: 300,
            onLine: async () => {
                await delay(500);
                return true;
            },
        });
        expect(end).toMatchObject({ exitCode: 3 });
    });

    test('is ended when it said enough', async () => {
        const { end } = await run('yes', { onLine: () => false });
        expect(end).toEqual({ kind: 'enough' });
    });

    test('that never stops is slowed down, in little memory', async () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 1000);
        const before = process.memoryUsage().rss;
        const { lines } = await run('yes', {
            paceMs: 50,
            signal: controller.signal,
        });
        expect(lines.length).toBeGreaterThan(2);
        expect(lines.length).toBeLessThanOrEqual(21);
        expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
    });

    test('whose lines cannot be taken ends with that error', async () => {
        const failure = new Error('a bug of ours');
        const failing = run('yes', { onLine: () => Promise.reject(failure) });
        await expect(failing).rejects.toBe(failure);
    });
});
