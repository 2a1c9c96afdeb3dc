// What the RPMs hold. The testbed installs the same trees.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');

// Modes, owners and paths as rpm lists them; links with their target.
const contents = {
    'qubes-filterproxy-dom0': [
        'drwxrws--- root:qubes /etc/qubes/filterproxy',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/history',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/owners',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/proxies',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/qubes',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/removed',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/sets',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/tags',
        'drwxrws--- root:qubes /etc/qubes/filterproxy/usage',
        '-rw-rw-r-- root:qubes /etc/qubes/policy.d/80-filterproxy.policy',
        '-rwxr-xr-x root:root /usr/bin/qvm-filterproxy',
        '-rw-r--r-- root:root /usr/lib/systemd/system-preset/75-filterproxy.preset',
        '-rw-r--r-- root:root /usr/lib/systemd/system/qubes-filterproxyd.service',
        'drwxr-xr-x root:root /usr/lib/systemd/system/qubes-vm@.service.d',
        '-rw-r--r-- root:root /usr/lib/systemd/system/qubes-vm@.service.d/30_filterproxy.conf',
        '-rwxr-xr-x root:root /usr/libexec/qubes/qubes-filterproxyd',
        '-rw-r--r-- root:root /usr/share/man/man1/qvm-filterproxy.1',
        '-rw-r--r-- root:root /usr/share/man/man8/qubes-filterproxyd.8',
    ],
    'qubes-filterproxy': [
        '-rwxr-xr-x root:root /etc/qubes-rpc/qubes.FilterProxy',
        '-rw-r--r-- root:root /etc/qubes/rpc-config/qubes.FilterProxy',
        'drwxr-xr-x root:root /usr/lib/qubes/filterproxy',
        '-rw-r--r-- root:root /usr/lib/qubes/filterproxy/agent.cjs',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/drained',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/filterproxy-agent',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/filterproxy-recorder',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/guard',
        '-rwxr-xr-x root:root /usr/lib/qubes/filterproxy/look-ahead',
        ...[
            '-drain@.service',
            '-drain@.timer',
            '-expired@.target',
            '-guard.service',
            '-recorder.service',
            '-resolvers.path',
            '-resolvers.service',
            '@.service',
        ].map(
            (unit) =>
                '-rw-r--r-- root:root ' +
                `/usr/lib/systemd/system/qubes-filterproxy${unit}`,
        ),
    ],
};

beforeAll(async () => {
    await execa('rpm/build', { cwd: project });
}, 60_000);

describe.each(Object.entries(contents))('%s', (name, files) => {
    test('holds these files with these modes and owners', async () => {
        expect(await list(name, isProgram)).toEqual(files);
    });

    test('holds the licence and the words', async () => {
        const others = await list(name, (line) => !isProgram(line));
        for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) {
            expect(others).toContainEqual(
                expect.stringMatching(`^-rw-r--r-- root:root .*/${file}$`),
            );
        }
    });
});

describe('an installed program', () => {
    let trees: string;

    // Away from here, so that no node_modules is in reach.
    beforeAll(async () => {
        trees = await mkdtemp(join(tmpdir(), 'filterproxy-rpm-'));
        await cp(join(project, 'dist/tree'), trees, {
            recursive: true,
            verbatimSymlinks: true,
        });
    });
    afterAll(() => rm(trees, { recursive: true }));

    const run = (program: string, ...args: string[]) =>
        execa(
            process.execPath,
            [
                '--disallow-code-generation-from-strings',
                join(trees, program),
                ...args,
            ],
            { reject: false },
        );

    test('qvm-filterproxy starts from what is installed alone', async () => {
        const { stdout, exitCode } = await run(
            'dom0/usr/bin/qvm-filterproxy',
            '--version',
        );
        expect(stdout).toContain(PROGRAM_VERSION);
        expect(exitCode).toBe(0);
    });

    test('filterproxy-agent starts from what is installed alone', async () => {
        const { stderr, exitCode } = await run(
            'vm/usr/lib/qubes/filterproxy/filterproxy-agent',
        );
        expect(stderr).toMatch(/^usage: filterproxy-agent /);
        expect(exitCode).toBe(2);
    });
});

async function list(
    name: string,
    wanted: (line: string) => boolean,
): Promise<string[]> {
    const text = await readFile(`${project}/dist/rpm/${name}.files`, 'utf8');
    return (
        text
            .split('\n')
            // Some systems' rpmbuild compresses manual pages.
            .map((line) => line.trimEnd().replace(/\.1\.gz$/, '.1'))
            .filter((line) => line !== '' && wanted(line))
    );
}

function isProgram(line: string): boolean {
    return !/ \/usr\/share\/(doc|licenses)\//.test(line);
}
