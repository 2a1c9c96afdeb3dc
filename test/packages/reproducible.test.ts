// One source, one package: whoever builds it, wherever and whenever.
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, utimes } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHere, buildIn, copyTree, project } from './build.ts';

const longAgo = new Date(0);
const tomorrow = new Date(Date.now() + 86_400_000);

let copy: string;
let here: string;
let there: string;

beforeAll(async () => {
    here = await buildHere();
    copy = await copyTree();
    there = await buildIn(copy);
}, 120_000);
afterAll(() => rm(copy, { recursive: true }));

async function sums(directory: string): Promise<[string, string][]> {
    const names = (await readdir(directory)).filter((name) =>
        /\.(rpm|deb)$/.test(name),
    );
    return Promise.all(
        names.sort().map(async (name): Promise<[string, string]> => {
            const bytes = await readFile(`${directory}/${name}`);
            return [name, createHash('sha256').update(bytes).digest('hex')];
        }),
    );
}

test('another place, user, zone and time give the same bytes', async () => {
    const expected = await sums(here);
    expect(expected.map(([name]) => name)).toEqual([
        expect.stringMatching(/^qubes-filterproxy-[0-9.]+-1.*\.noarch\.rpm$/),
        expect.stringMatching(/^qubes-filterproxy-dom0-.*\.noarch\.rpm$/),
        expect.stringMatching(/^qubes-filterproxy_[0-9.]+_all\.deb$/),
    ]);
    expect(await sums(there)).toEqual(expected);
});

test('their time is that of the commit', async () => {
    const { stdout: commit } = await execa(
        'git',
        ['log', '-1', '--format=%ct'],
        { cwd: project },
    );
    const rpm = (await sums(here))[0]?.[0];
    const { stdout: built } = await execa(
        `${project}/test/testbed/with-packages`,
        [
            ...['rpm', '--query', '--dbpath', `${copy}/database`],
            ...['--queryformat', '%{BUILDTIME} %{BUILDHOST} [%{FILEMTIMES} ]'],
            ...['--package', `${here}/${rpm}`],
        ],
    );
    expect(new Set(built.trim().split(' '))).toEqual(
        new Set([commit, 'reproducible']),
    );
});

/** Whether a build of the copy would do nothing. */
async function isUpToDate(): Promise<boolean> {
    const question = '. ./packaging/common.sh; up_to_date dist/.rpm-built';
    const { exitCode } = await execa('sh', ['-euc', question], {
        cwd: copy,
        reject: false,
    });
    return exitCode === 0;
}

test.each([
    'build.mjs',
    'bundled.mjs',
    'bundling.mjs',
    'parts.mjs',
    'templates.mjs',
    'package.json',
    'dom0/bin/commands.ts',
    'shared/result.ts',
    'rpm/qvm-filterproxy.spec.in',
])('a change of %s is built, and nothing when there is none', async (file) => {
    expect(await isUpToDate()).toBe(true);
    await utimes(`${copy}/${file}`, tomorrow, tomorrow);
    expect(await isUpToDate()).toBe(false);
    await utimes(`${copy}/${file}`, longAgo, longAgo);
});
