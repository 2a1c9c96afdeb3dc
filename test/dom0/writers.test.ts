// Many writers at once, and writers that are killed: real processes with real
// locks and files.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffLines } from '../../dom0/core/diff.ts';
import { type Change, textBefore } from '../../dom0/core/history.ts';
import { readHistories } from '../../dom0/read-history.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { uuidOf } from './fake-qubes.ts';

let scratch = '';

beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'writers-'));
    await build({
        entryPoints: [join(import.meta.dirname, 'writers/program.ts')],
        outfile: join(scratch, 'program.cjs'),
        bundle: true,
        platform: 'node',
        format: 'cjs',
        logLevel: 'warning',
        define: { PROGRAM_VERSION: '"0"' },
    });
    // An editor that puts what is in LINE at the end.
    await writeFile(
        join(scratch, 'append'),
        '#!/bin/sh\nprintf "%s\\n" "$LINE" >>"$1"\n',
        { mode: 0o700 },
    );
});

afterAll(() => rm(scratch, { recursive: true }));

interface Ended {
    /** Null: it was killed. */
    readonly exitCode: number | null;
    readonly err: string;
}

function run(
    dom0: FakeDom0,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
    const own = { TMPDIR: scratch, VISUAL: join(scratch, 'append') };
    return new Promise((resolve) => {
        const child = execFile(
            process.execPath,
            [join(scratch, 'program.cjs'), dom0.root, ...args],
            { env: { ...process.env, ...own, ...env } },
            (_, __, err) => resolve({ exitCode: child.exitCode, err }),
        );
    });
}

const hosts = (letter: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${letter}${at}.test`);
const ruleOf = (host: string) => `^${host.replace('.', '\\.')}$`;

async function changesOf(dom0: FakeDom0): Promise<readonly Change[]> {
    const isWork = (path: string) => path === 'qubes/work.rules';
    const { files, problems } = await readHistories(dom0.deps, isWork);
    expect(problems).toEqual([]);
    return files[0]?.changes ?? [];
}

/** Each builds on the one before, and the last is what is in the file. */
async function expectLinear(dom0: FakeDom0, changes: readonly Change[]) {
    changes.forEach(({ previous }, at) => {
        expect(previous).toBe(changes[at - 1]?.number ?? null);
    });
    const last = Buffer.from(changes.at(-1)?.text ?? []).toString();
    expect(last).toBe(await dom0.rules('work'));
}

/** `command: -line, +line` */
function describeChange(changes: readonly Change[], change: Change): string {
    const before = textBefore(changes, change) ?? Buffer.alloc(0);
    const diff = diffLines(
        Buffer.from(before).toString(),
        Buffer.from(change.text).toString(),
    );
    const lines = diff.map(({ sign, text }) => `${sign}${text.trim()}`);
    return `${change.command}: ${lines.join(', ')}`;
}

function inverse(description: string): string {
    return description
        .replace(/^[a-z ]+: /, '')
        .replace(/^[+-]/, (sign) => (sign === '+' ? '-' : '+'));
}

test('of 36 writers at once none loses what another was told is done', async () => {
    const old = hosts('old', 10);
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': obedientAgent().agent },
    });
    await dom0.cli('allow', 'work', ...old);
    const wanted = [
        ...hosts('new', 12).map((host) => ({
            args: ['allow', 'work', host],
            env: {},
            done: `allow: +${ruleOf(host)}`,
        })),
        ...old.map((host) => ({
            args: ['remove', 'work', host],
            env: {},
            done: `remove: -${ruleOf(host)}`,
        })),
        ...hosts('edited', 6).map((host) => ({
            args: ['edit', 'work'],
            env: { LINE: ruleOf(host) },
            done: `edit: +${ruleOf(host)}`,
        })),
        ...Array.from({ length: 8 }, () => ({
            args: ['undo', 'work'],
            env: {},
            done: null,
        })),
    ];
    const ended = await Promise.all(
        wanted.map(({ args, env }) => run(dom0, args, env)),
    );
    const changes = await changesOf(dom0);
    await expectLinear(dom0, changes);
    const made = changes.map((each) => describeChange(changes, each)).slice(1);
    // Each does just what was asked for, and an undo what was not.
    made.forEach((each, at) => {
        if (each.startsWith('undo')) {
            const before = made[at - 1] ?? `-${old.map(ruleOf).join(', -')}`;
            expect(inverse(each)).toBe(before.replace(/^[a-z ]+: /, ''));
        }
    });
    const isRefusal = /changed by somebody else meanwhile|has no rule/;
    wanted.forEach(({ done }, at) => {
        const { exitCode, err } = ended[at] ?? { exitCode: null, err: '' };
        expect([exitCode, err]).toEqual(
            exitCode === 0 ? [0, ''] : [1, expect.stringMatching(isRefusal)],
        );
        const count = made.filter((each) => each === done).length;
        if (done !== null) {
            expect([done, count]).toEqual([done, exitCode === 0 ? 1 : 0]);
        }
    });
    const undos = made.filter((each) => each.startsWith('undo'));
    const acknowledged = ended.filter(({ exitCode }) => exitCode === 0);
    expect(undos.length).toBe(8);
    expect(made.length).toBe(acknowledged.length);
    expect(made.length).toBeGreaterThan(25);
});

describe('a writer that is killed at any step', () => {
    test.each([
        ['allow', ['allow', 'work', 'b.test']],
        ['remove', ['remove', 'work', 'a.test']],
        ['edit', ['edit', 'work']],
        ['undo', ['undo', 'work']],
        ['allow after a change by hand', ['allow', 'work', 'b.test']],
        ['restore', ['restore', 'work', '--from', 'old']],
    ])(
        'leaves text and history that agree, or the next mends it: %s',
        async (name, args) => {
            const env = { LINE: '^c\\.test$' };
            const ends = new Set<string>();
            let exitCode: number | null = null;
            let kills = -1;
            for (let killAt = 1; exitCode !== 0; killAt += 1) {
                kills += 1;
                const dom0 = await fakeDom0({
                    rules: { old: '^o\\.test$\n' },
                    owners: { old: uuidOf('older') },
                    agents: { 'sys-filter': obedientAgent().agent },
                });
                await dom0.cli('allow', 'work', 'a.test');
                if (name === 'restore') {
                    await dom0.cli('remove', 'work', '1');
                }
                const isByHand = name.endsWith('by hand');
                if (isByHand) {
                    await writeFile(
                        dom0.config('qubes/work.rules'),
                        '^h\\.test$\n',
                    );
                }
                const before = await dom0.rules('work');
                ({ exitCode } = await run(dom0, args, {
                    ...env,
                    KILL_AT: String(killAt),
                }));
                expect([0, null]).toContain(exitCode);
                const after = await dom0.rules('work');
                ends.add(after);

                // What is seen at once is true.
                const seen = await changesOf(dom0);
                await expectLinear(dom0, seen);
                const byHand = seen.filter(({ command }) => command === null);
                expect(byHand.length).toBe(isByHand ? 1 : 0);
                const last = seen.at(-1);
                if (after !== before) {
                    expect(last?.command).toBe(args[0]);
                }

                // The next one finds nothing in its way, and leaves nothing open.
                const next = await dom0.cli('allow', 'work', 'z.test');
                expect([next.exitCode, next.err]).toEqual([0, '']);
                const mended = await changesOf(dom0);
                await expectLinear(dom0, mended);
                expect(mended.length).toBe(seen.length + 1);
                expect(mended.every(({ number }) => number !== null)).toBe(
                    true,
                );
                const entries = await readdir(dom0.config('history'));
                expect(
                    entries.filter((each) => each.endsWith('.pending')),
                ).toEqual([]);
                expect(await dom0.rules('work')).toBe(`${after}^z\\.test$\n`);
            }
            expect(kills).toBeGreaterThan(10);
            // It was killed before and after the file was written.
            expect(ends.size).toBe(2);
        },
    );
});
