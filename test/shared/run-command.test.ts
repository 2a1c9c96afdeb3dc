import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';

test('gives input, and returns output and exit code', async () => {
    const script = 'cat; echo oops >&2; exit 7';
    const outcome = await runCommand('sh', ['-c', script], { input: 'hello' });
    expect(outcome.exitCode).toBe(7);
    expect(outcome.stdout.toString()).toBe('hello');
    expect(outcome.stderr.toString()).toBe('oops\n');
});

test('runs it in /, wherever we are', async () => {
    const { stdout, startError } = await runCommand('pwd', []);
    expect(stdout.toString()).toBe('/\n');
    expect(startError).toBe(null);
});

test('hands on descriptors from 3 on', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'run-command-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const paths = ['third', 'fourth'].map((name) => join(directory, name));
    const extraFds = paths.map((path) => openSync(path, 'w'));
    const script = 'echo three >&3; echo four >&4';
    const outcome = await runCommand('sh', ['-c', script], { extraFds });
    expect(outcome.exitCode).toBe(0);
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual([
        'three\n',
        'four\n',
    ]);
});

test('hands on descriptors beside an input', async () => {
    const fd = openSync('/dev/null', 'r');
    const outcome = await runCommand('sh', ['-c', 'cat; cat <&3'], {
        input: 'hello',
        extraFds: [fd],
    });
    expect(outcome.stdout.toString()).toBe('hello');
});

test('shelters a program from what interrupts us, if that is wanted', async () => {
    // The fifth field is the process group that a terminal interrupts.
    const script = 'cut -d " " -f 5 /proc/$$/stat; echo $$';
    const groupOf = async (isSheltered: boolean) => {
        const options = { isSheltered };
        const ended = await runCommand('sh', ['-c', script], options);
        const [group, pid] = ended.stdout.toString().trim().split('\n');
        return group === pid ? 'its own' : 'ours';
    };
    expect(await groupOf(true)).toBe('its own');
    expect(await groupOf(false)).toBe('ours');
});

test('ends what prints too much', async () => {
    const outcome = await runCommand('yes', [], { maxBytes: 1000 });
    expect(outcome.tooLong).toBe(true);
    expect(outcome.stdout.length).toBeLessThanOrEqual(1000);
});

test('ends what prints too much and does not mind a closed pipe', async () => {
    const script = "trap '' PIPE; while :; do echo yes; done 2>/dev/null";
    const began = performance.now();
    const outcome = await runCommand('sh', ['-c', script], { maxBytes: 1000 });
    expect(outcome).toMatchObject({ tooLong: true, exitCode: null });
    expect(performance.now() - began).toBeLessThan(5000);
});

test('does not wait for those that a program ended late leaves behind', async () => {
    const began = performance.now();
    const outcome = await runCommand('sh', ['-c', 'sleep 20; true'], {
        timeoutMs: 100,
    });
    expect(outcome.timedOut).toBe(true);
    expect(performance.now() - began).toBeLessThan(5000);
});

test('ends what takes too long', async () => {
    const outcome = await runCommand('sleep', ['60'], { timeoutMs: 50 });
    expect(outcome).toMatchObject({ timedOut: true, exitCode: null });
});

test('does not mind who does not read its input', async () => {
    const input = 'x'.repeat(10_000_000);
    expect((await runCommand('true', [], { input })).exitCode).toBe(0);
});

test('takes what a program left unfinished to another for unfinished', async () => {
    const outcome = await runCommand('sh', ['-c', 'echo half; sleep 20 &'], {
        timeoutMs: 100,
    });
    expect(outcome).toMatchObject({ timedOut: true, exitCode: null });
});

test('says that it cannot start a program with such arguments', async () => {
    const outcome = await runCommand('true', ['x'.repeat(1_000_000)]);
    expect(outcome).toMatchObject({ exitCode: null, startError: 'E2BIG' });
});

test('says that a program is missing', async () => {
    const outcome = await runCommand('/nonexistent', []);
    expect(outcome).toMatchObject({ exitCode: null, startError: 'ENOENT' });
});

test('does not wait for the end of what says that it is done', async () => {
    const options = { isDoneOnOutput: true, input: 'hello' };
    const script = 'cat; exec sleep 20 >/dev/null 2>&1';
    const began = performance.now();
    const outcome = await runCommand('sh', ['-c', script], options);
    expect(outcome).toMatchObject({ exitCode: 0, timedOut: false });
    expect(performance.now() - began).toBeLessThan(5000);
});

test('waits neither for the end nor for the words of what is only to start', async () => {
    const began = performance.now();
    const script = 'sleep 1; echo late; exit 3';
    const options = { isDoneOnStart: true };
    const outcome = await runCommand('sh', ['-c', script], options);
    expect(outcome).toMatchObject({ exitCode: 0, startError: null });
    expect(performance.now() - began).toBeLessThan(900);
    const missing = await runCommand('/nonexistent', [], options);
    expect(missing).toMatchObject({ exitCode: null, startError: 'ENOENT' });
});

test('waits for the end of what says nothing though it could', async () => {
    const options = { isDoneOnOutput: true };
    const script = 'sleep 0.2; echo oops >&2; exit 3';
    const outcome = await runCommand('sh', ['-c', script], options);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr.toString()).toBe('oops\n');
});
