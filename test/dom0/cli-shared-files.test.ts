// Files of tags and sets, on the command line.
import { readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';

const config = '/etc/qubes/filterproxy';

async function dom0WithSets() {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': filter.agent },
        rules: { work: '!include dev\n^own\\.test$\n' },
        files: {
            'sets/dev.rules': '# of all developers\n(^|\\.)github\\.com$\n',
            'tags/red.rules': '^red\\.test$\n!include dev\n',
        },
        tags: { red: ['banking', 'dom0'] },
    });
    return { dom0, filter };
}

test('who includes a set, or has a tag, is served by these rules', async () => {
    const { dom0, filter } = await dom0WithSets();
    expect(await dom0.cli('update')).toEqual({
        exitCode: 0,
        out: expect.any(String),
        err: '',
    });
    const clients = filter.applied.at(-1)?.clients ?? [];
    expect(clients.map(({ name, filter }) => [name, filter?.lines])).toEqual([
        [
            'banking',
            ["\\`red\\.test\\'", "\\`([a-z0-9_-]+\\.)*github\\.com\\'"],
        ],
        ['work', ["\\`own\\.test\\'", "\\`([a-z0-9_-]+\\.)*github\\.com\\'"]],
    ]);
    expect(dom0.commands).toContain('qvm-ls --raw-list --tags=red');
});

test('check names the place of a rule, and where it is included', async () => {
    const { dom0 } = await dom0WithSets();
    const ask = async (qube: string, host: string) =>
        (await dom0.cli('check', qube, host)).out;
    expect(await ask('work', 'github.com')).toBe(
        `work: github.com is allowed by (^|\\.)github\\.com$
    ${config}/sets/dev.rules:2, included at ${config}/qubes/work.rules:1
`,
    );
    expect(await ask('banking', 'red.test')).toBe(
        `banking: red.test is allowed by ^red\\.test$
    ${config}/tags/red.rules:1
`,
    );
});

test('an error in a set is told with its place, and holds who includes it', async () => {
    const { dom0, filter } = await dom0WithSets();
    await dom0.cli('update');
    await writeFile(dom0.config('sets/dev.rules'), '(broken\n');
    const { exitCode, err } = await dom0.cli('update');
    expect(exitCode).toBe(1);
    expect(err).toContain(`${config}/sets/dev.rules:1: this "(" has no ")"`);
    expect(err.match(/sets\/dev\.rules:1/g)?.length).toBe(1);
    const clients = filter.applied.at(-1)?.clients ?? [];
    expect(clients.map(({ name, filter }) => [name, filter])).toEqual([
        ['banking', null],
        ['work', null],
    ]);
});

test('a file that is of no tag, set or ProxyVM is named', async () => {
    const { dom0 } = await dom0WithSets();
    await writeFile(dom0.config('tags/a b.rules'), '^a$\n');
    await writeFile(dom0.config('sets/a.txt'), '^a$\n');
    await writeFile(dom0.config('proxies/sys-filter.rules'), '^a$\n');
    const { err } = await dom0.cli('list');
    expect(err.split('\n')).toEqual(
        expect.arrayContaining([
            expect.stringMatching(/tags\/a b\.rules: not in force: not a tag/),
            `${config}/sets/a.txt: not in force: its name does not end in .rules`,
            `${config}/proxies/sys-filter.rules: not in force: its name does not end in .conf`,
        ]),
    );
});

test('without files of tags Qubes is not asked for them', async () => {
    const dom0 = await fakeDom0({ rules: { work: '^a\\.test$\n' } });
    await dom0.cli('check', 'work', 'a.test');
    expect(await readdir(dom0.config('tags'))).toEqual([]);
    expect(dom0.commands.filter((each) => each.includes('--tags'))).toEqual([]);
});
