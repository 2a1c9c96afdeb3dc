// The programs as they are shipped: readable files, which need nothing but what
// stands beside them, make no code of text, and load no native code.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildHere, project } from './build.ts';

const partsDirectory = 'dom0/usr/lib/qubes/filterproxy-dom0';
/** It requires nothing itself. */
const common = 'qvm-filterproxy-common.cjs';
const parts = [
    common,
    ...['commands.cjs', 'commands-common.cjs', 'dialogues.cjs'],
];

const programs = [
    'dom0/usr/bin/qvm-filterproxy',
    ...parts.map((part) => `${partsDirectory}/${part}`),
    'dom0/usr/libexec/qubes/qubes-filterproxyd',
    'vm/usr/lib/qubes/filterproxy/filterproxy-agent',
    'vm/usr/lib/qubes/filterproxy/filterproxy-recorder',
    'vm/usr/lib/qubes/filterproxy/agent.cjs',
];

let trees: string;

// Away from here, so that no node_modules is in reach.
beforeAll(async () => {
    await buildHere();
    trees = await mkdtemp(join(tmpdir(), 'filterproxy-programs-'));
    await cp(join(project, 'dist/tree'), trees, {
        recursive: true,
        verbatimSymlinks: true,
    });
}, 120_000);
afterAll(() => rm(trees, { recursive: true }));

/** What would fail here: code made of text, native code, a warning. */
const strict = [
    '--disallow-code-generation-from-strings',
    '--no-addons',
    '--throw-deprecation',
];

const run = (program: string, ...args: string[]) =>
    execa(process.execPath, [...strict, join(trees, program), ...args], {
        reject: false,
    });

describe.each(programs)('%s', (program) => {
    test('has no words for making code, and is not minified', async () => {
        const text = await readFile(join(trees, program), 'utf8');
        expect(text).not.toMatch(
            /\beval\s*\(|\bnew Function\b|\bprocess\.(binding|dlopen)\b/,
        );
        expect(text).not.toMatch(/\bimport\s*\(|\.node['"]\)|WebAssembly/);
        // Data and compiled templates have long lines, and so has a package
        // that its authors publish minified.
        const lines = text.split('\n');
        const short = lines.filter((line) => line.length <= 100);
        expect(short.length / lines.length).toBeGreaterThan(0.95);
    });

    test('requires its own parts and what Node.js has, and nothing else', async () => {
        const text = await readFile(join(trees, program), 'utf8');
        const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)];
        expect(text).toContain('"use strict";');
        expect(required.length > 0).toBe(!program.endsWith(`/${common}`));
        for (const [, name = ''] of required) {
            const isPart = parts.some((part) => name === `./${part}`);
            expect([name, isPart || name.startsWith('node:')]).toEqual([
                name,
                true,
            ]);
        }
    });
});

test('the daemon is started without a compiler, and without code from strings', async () => {
    const unit = 'dom0/usr/lib/systemd/system/qubes-filterproxyd.service';
    const text = await readFile(join(trees, unit), 'utf8');
    expect(text).toContain(
        'ExecStart=/usr/bin/node --jitless ' +
            '--disallow-code-generation-from-strings ' +
            '/usr/libexec/qubes/qubes-filterproxyd\n',
    );
});

test.each([
    'system/qubes-filterproxyd.service',
    'user/qubes-filterproxy-notices.service',
])(
    '%s is for dom0 and a management qube, not for all of a template',
    async (unit) => {
        const path = join(trees, 'dom0/usr/lib/systemd', unit);
        expect(await readFile(path, 'utf8')).toContain(
            '\nConditionPathExists=|/etc/qubes-release\n' +
                'ConditionPathExists=|/run/qubes-service/filterproxyd\n',
        );
    },
);

/**
 * Of xen tools/libs: call (privcmd, hypercall), foreignmemory and devicemodel
 * (privcmd), evtchn, gnttab (gntdev, gntalloc) and store (xenbus, where there is
 * no socket).
 */
const devices = 'evtchn gntdev gntalloc hypercall privcmd xenbus'.split(' ');

test('the daemon may open whatever the libraries below qrexec-client open', async () => {
    const unit = 'dom0/usr/lib/systemd/system/qubes-filterproxyd.service';
    const text = await readFile(join(trees, unit), 'utf8');
    const allowed = [...text.matchAll(/^DeviceAllow=(.*)$/gm)];
    expect(text).toContain('\nDevicePolicy=closed\n');
    expect(allowed.map(([, device]) => device)).toEqual(
        devices.map((device) => `/dev/xen/${device} rw`),
    );
});

test('qvm-filterproxy says its version', async () => {
    const { stdout, exitCode } = await run(programs[0] ?? '', '--version');
    expect(stdout).toContain(packageJson.version);
    expect(exitCode).toBe(0);
});

test.each([
    ['--version', packageJson.version],
    ['--help', 'Options:'],
    ['help', 'Options:'],
    ['allow --help', 'Usage: qvm-filterproxy allow'],
    ['--complete-words zsh allow --exp', '--expire'],
])(
    'qvm-filterproxy %s loads nothing of what commands do',
    async (args, said) => {
        const alone = join(trees, 'alone');
        await cp(join(trees, partsDirectory), alone, { recursive: true });
        await rm(join(alone, 'commands.cjs'));
        const program = 'alone/qvm-filterproxy';
        const { stdout, exitCode } = await run(program, ...args.split(' '));
        expect(stdout).toContain(said);
        expect(exitCode).toBe(0);
        expect((await run(program, 'list')).stderr).toContain('commands.cjs');
    },
);
