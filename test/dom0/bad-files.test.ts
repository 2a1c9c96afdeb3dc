// What people and accidents put in place of a rule file. Whatever it is, the
// file and the line are named, what was in force stays, and nothing is lost.
import {
    chmod,
    lstat,
    mkdir,
    readFile,
    rm,
    symlink,
    truncate,
    writeFile,
} from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';

const config = '/etc/qubes/filterproxy';

/** One file of each kind that concerns work. */
const paths = {
    qubes: 'qubes/work.rules',
    tags: 'tags/red.rules',
    sets: 'sets/dev.rules',
    proxies: 'proxies/sys-filter.conf',
} as const;

type Kind = keyof typeof paths;
const kinds = Object.keys(paths) as Kind[];

interface BadFile {
    readonly what: string;
    /** Puts it in place of a file. */
    readonly put: (path: string) => Promise<unknown>;
    /** Where it is found, e.g. `:2`; empty for the file as a whole. */
    readonly place: string;
    readonly said: RegExp;
    /** All kinds if it is missing. */
    readonly of?: readonly Kind[];
}

const rules: readonly Kind[] = ['qubes', 'tags', 'sets'];

const badFiles: readonly BadFile[] = [
    ...['a(', '*a', '[z-a]', 'a{2,1}', 'a\\'].map((expression) => ({
        what: `a pattern that will not compile, ${expression}`,
        put: (path: string) => writeFile(path, `^a$\n${expression}\n`),
        place: ':2',
        said: /./,
        of: rules,
    })),
    {
        what: 'a rule among settings',
        put: (path) => writeFile(path, '# x\n^a$\n'),
        place: ':2',
        said: /rules have no place here/,
        of: ['proxies'],
    },
    {
        what: 'a directive that there is not',
        put: (path) => writeFile(path, '#\n\n!nosuch x\n'),
        place: ':3',
        said: /no such directive/,
    },
    {
        what: 'a line too long',
        put: (path) => writeFile(path, `#\n# ${'x'.repeat(2_000)}\n`),
        place: ':2',
        said: /longer than 2000 characters/,
    },
    {
        what: 'a pattern too long',
        put: (path) => writeFile(path, `#\n^${'x'.repeat(501)}$\n`),
        place: ':2',
        said: /longer than 501/,
        of: rules,
    },
    {
        what: 'a control character',
        put: (path) => writeFile(path, '#\n# \x07\n'),
        place: ':2',
        said: /invisible character U\+0007/,
    },
    {
        what: 'a NUL',
        put: (path) => writeFile(path, '#\n#\n# a\0b\n'),
        place: ':3',
        said: /invisible character U\+0000/,
    },
    {
        what: 'invalid UTF-8',
        put: (path) => writeFile(path, Buffer.from('# \xff\n', 'latin1')),
        place: '',
        said: /not UTF-8/,
    },
    {
        what: 'a symbolic link',
        put: async (path) => {
            await writeFile(`${path}.real`, '# harmless\n');
            await rm(path);
            await symlink(`${path}.real`, path);
        },
        place: '',
        said: /a symbolic link/,
    },
    {
        what: 'a directory',
        put: async (path) => {
            await rm(path);
            await mkdir(path);
        },
        place: '',
        said: /not a regular file/,
    },
    {
        what: 'a file that everybody may write',
        put: (path) => chmod(path, 0o666),
        place: '',
        said: /others may write it; to mend it: sudo chmod 660 /,
    },
    {
        what: '1 GB of nothing',
        put: (path) => truncate(path, 2 ** 30),
        place: '',
        said: /larger than 16777216 bytes/,
    },
];

async function servedDom0() {
    const filter = obedientAgent();
    const firewall = obedientAgent();
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': filter.agent, 'sys-firewall': firewall.agent },
        rules: {
            work: '^own\\.test$\n!include dev\n',
            banking: '^bank\\.test$\n',
            personal: '^home\\.test$\n',
        },
        files: {
            'tags/red.rules': '^red\\.test$\n',
            'sets/dev.rules': '^dev\\.test$\n',
            'proxies/sys-filter.conf': '# none\n',
        },
        tags: { red: ['work'] },
    });
    expect(await dom0.cli('update')).toMatchObject({ exitCode: 0, err: '' });
    return { dom0, filter, firewall };
}

type Served = Awaited<ReturnType<typeof servedDom0>>;

/** What the last documents said of each client: its lines, or null. */
function toldBy({ filter, firewall }: Served) {
    const clients = [filter, firewall].flatMap(
        ({ applied }) => applied.at(-1)?.clients ?? [],
    );
    return Object.fromEntries(
        clients.map(({ name, filter }) => [name, filter?.lines ?? null]),
    );
}

/** What stands in the place of a file, whatever it is. */
async function contentOf(path: string): Promise<string> {
    const status = await lstat(path);
    const kind = `${status.mode} ${status.size}`;
    return status.isFile() && status.size < 1e6
        ? `${kind} ${await readFile(path, 'latin1')}`
        : kind;
}

async function expectHeld(
    served: Served,
    kind: Kind,
    { place, said }: Pick<BadFile, 'place' | 'said'>,
    path: string = paths[kind],
): Promise<void> {
    const { dom0 } = served;
    const before = toldBy(served);
    const file = dom0.config(path);
    const content = await contentOf(file);
    for (const command of ['update', 'list', 'show', 'lint']) {
        const { exitCode, err, out } = await dom0.cli(command);
        const line = (command === 'lint' ? out : err)
            .split('\n')
            .find((each) => each.startsWith(`${config}/${path}${place}: `));
        expect([command, exitCode, line]).toEqual([
            command,
            1,
            expect.stringMatching(said),
        ]);
    }
    const isOfAll = kind === 'proxies';
    expect(toldBy(served)).toEqual({
        ...before,
        work: null,
        banking: isOfAll ? null : before['banking'],
    });
    for (const args of [
        ['allow', 'work', 'more.test'],
        ['lint', '--fix', '--narrow'],
    ]) {
        const result = await dom0.cli(...args);
        expect([args, result.exitCode]).toEqual([args, 1]);
        expect(await contentOf(file)).toBe(content);
    }
}

describe.each(kinds)('in a file of %s', (kind) => {
    const here = badFiles.filter(({ of = kinds }) => of.includes(kind));
    test.each(here)('$what is named, and holds what was', async (bad) => {
        const served = await servedDom0();
        await bad.put(served.dom0.config(paths[kind]));
        await expectHeld(served, kind, bad);
    });
});

test.each(rules)(
    'a loop of includes from a file of %s is named',
    async (kind) => {
        const served = await servedDom0();
        const { dom0 } = served;
        await writeFile(dom0.config('sets/one.rules'), '#\n!include two\n');
        await writeFile(dom0.config('sets/two.rules'), '!include one\n');
        await writeFile(dom0.config(paths[kind]), '^a\\.test$\n!include one\n');
        const bad = { place: ':1', said: /this includes itself: / };
        await expectHeld(served, kind, bad, 'sets/two.rules');
    },
);

test('of 1 GB not much is read', async () => {
    const { dom0 } = await servedDom0();
    const before = process.memoryUsage().rss;
    await truncate(dom0.config(paths.sets), 2 ** 30);
    const { err } = await dom0.cli('update');
    expect(err).toContain('larger than');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

test('once it is mended its rules are in force', async () => {
    const served = await servedDom0();
    const { dom0 } = served;
    await writeFile(dom0.config(paths.sets), '(\n');
    expect((await dom0.cli('update')).exitCode).toBe(1);
    await writeFile(dom0.config(paths.sets), '^new\\.test$\n');
    expect(await dom0.cli('update')).toMatchObject({ exitCode: 0, err: '' });
    expect(toldBy(served)['work']).toContain("\\`new\\.test\\'");
});
