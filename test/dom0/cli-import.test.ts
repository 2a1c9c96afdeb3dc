import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { exampleWith, uuidOf } from './fake-qubes.ts';

type Texts = Readonly<Record<string, string>>;

const config = '/etc/qubes/filterproxy';
const template = `Port {port}
Filter "{rules_file}"
FilterExtended On
FilterDefaultDeny Yes
ConnectPort 443
`;

/** A directory with these files. */
async function sourceWith(dom0: FakeDom0, files: Texts): Promise<string> {
    const root = join(dom0.root, 'old');
    for (const [path, text] of Object.entries(files)) {
        await mkdir(join(root, path, '..'), { recursive: true });
        await writeFile(join(root, path), text);
    }
    return root;
}

async function withOldGuide(files: Texts) {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({ agents: { 'sys-filter': filter.agent } });
    const source = await sourceWith(dom0, { config: template, ...files });
    return { dom0, filter, source };
}

async function filesIn(dom0: FakeDom0, directory: string): Promise<string[]> {
    return (await readdir(dom0.config(directory))).sort();
}

describe('import of the old guide', () => {
    test('shows whom each file is for and what it matches, and changes nothing', async () => {
        const { dom0, filter, source } = await withOldGuide({
            'anything.10.137.0.5': '# work\n^github\\.com$\ngoogle\\.com$\n',
        });
        expect(await dom0.cli('import', source)).toEqual({
            exitCode: 0,
            out: `anything.10.137.0.5 is for work, which has the address 10.137.0.5: 2 rules, ${config}/qubes/work.rules
    line 3: google\\.com$: As typed it would also match "agoogle.com". Narrower: (^|\\.)google\\.com$
    1  ^github\\.com$  The host github.com and no other.
    2  google\\.com$   Every host name in which this expression is found.
nothing was changed; to do it add --apply
`,
            err: '',
        });
        expect(await filesIn(dom0, 'qubes')).toEqual([]);
        expect(filter.applied).toEqual([]);
    });

    test('says that nothing is to be done when all is there already', async () => {
        const { dom0, source } = await withOldGuide({
            'anything.10.137.0.5': '^github\\.com$\n',
        });
        await dom0.cli('import', source, '--apply');
        const again = await dom0.cli('import', source);
        expect(again.exitCode).toBe(0);
        expect(again.out).toMatch(
            /\/qubes\/work\.rules is the same already\n(.+\n)*nothing is to be done: all is there already\n$/,
        );
    });

    test('with --apply stores the rules as that qube’s and puts them in force', async () => {
        const text = '# work\n^github\\.com$\n';
        const { dom0, filter, source } = await withOldGuide({
            'anything.10.137.0.5': text,
        });
        const { exitCode, out, err } = await dom0.cli(
            'import',
            source,
            '--apply',
        );
        expect([exitCode, err]).toEqual([0, '']);
        expect(out).toContain(`1 rule, now ${config}/qubes/work.rules\n`);
        expect(out).toContain('sys-filter: in force\n');
        expect(await dom0.rules('work')).toBe(text);
        expect([...(await dom0.deps.rules.owners())]).toEqual([
            ['work', uuidOf('work')],
        ]);
        const [client] = filter.applied.at(-1)?.clients ?? [];
        expect([client?.name, client?.filter?.lines]).toEqual([
            'work',
            ["\\`github\\.com\\'"],
        ]);
    });

    test('leaves out a file whose address is no qube’s, until that is said', async () => {
        const { dom0, source } = await withOldGuide({
            'social.10.137.2.13': '^a\\.test$\n',
            'work.10.137.0.5': '^b\\.test$\n',
        });
        const first = await dom0.cli('import', source);
        expect(first.err).toBe(
            'social.10.137.2.13: left out, no qube has the address 10.137.2.13; if it is for one: --map social.10.137.2.13=QUBE\n',
        );
        const map = ['--map', 'social.10.137.2.13=banking'];
        const second = await dom0.cli('import', source, ...map, '--apply');
        expect(second.err).toBe('');
        expect(second.out).toContain(
            'social.10.137.2.13 is for banking, as you say: 1 rule',
        );
        expect(await filesIn(dom0, 'qubes')).toEqual([
            'banking.rules',
            'work.rules',
        ]);
    });

    test('asks which qube is meant if two have the address', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({
            agents: { 'sys-filter': filter.agent },
            qubes: exampleWith({ name: 'banking', ip: '10.137.0.5' }),
        });
        const source = await sourceWith(dom0, {
            config: template,
            'a.10.137.0.5': '^a$\n',
        });
        const { exitCode, err } = await dom0.cli('import', source, '--apply');
        expect(exitCode).toBe(1);
        expect(err).toBe(
            'a.10.137.0.5: left out, 10.137.0.5 is the address of banking and work; to say which is meant: --map a.10.137.0.5=QUBE\nnothing was imported\n',
        );
    });

    test('with an error in one file imports none', async () => {
        const { dom0, source } = await withOldGuide({
            'a.10.137.0.5': '^a\\.test$\n',
            'b.10.137.0.6': '^b\\.test$\n(\n',
        });
        const { exitCode, err } = await dom0.cli('import', source, '--apply');
        expect(exitCode).toBe(1);
        expect(
            err,
        ).toBe(`b.10.137.0.6:2: this "(" has no ")"; for the character write "\\("
    (
    ^
nothing was imported
`);
        expect(await filesIn(dom0, 'qubes')).toEqual([]);
    });

    test('refuses two files for one qube', async () => {
        const { dom0, source } = await withOldGuide({
            'a.10.137.0.5': '^a\\.test$\n',
            'b.10.137.0.6': '^b\\.test$\n',
        });
        const map = ['--map', 'b.10.137.0.6=work'];
        const { exitCode, err } = await dom0.cli('import', source, ...map);
        expect(exitCode).toBe(1);
        expect(err).toContain(
            'b.10.137.0.6: another file is for qubes/work.rules already',
        );
    });

    test('replaces no rules of a qube unless told so', async () => {
        const { dom0, source } = await withOldGuide({
            'a.10.137.0.5': '^a\\.test$\n',
        });
        await dom0.cli('allow', 'work', 'b.test');
        const before = await dom0.rules('work');
        const refused = await dom0.cli('import', source, '--apply');
        expect(refused.exitCode).toBe(1);
        expect(refused.out).toContain(
            `but ${config}/qubes/work.rules is another one; to replace it add --replace`,
        );
        expect(await dom0.rules('work')).toBe(before);
        const flags = ['--apply', '--replace'];
        expect((await dom0.cli('import', source, ...flags)).exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('does not follow links', async () => {
        const { dom0, source } = await withOldGuide({});
        await writeFile(join(dom0.root, 'secret'), '^a$\n');
        await symlink(
            join(dom0.root, 'secret'),
            join(source, 'work.10.137.0.5'),
        );
        const { exitCode, err } = await dom0.cli('import', source);
        expect(exitCode).toBe(1);
        expect(err).toContain('has no rule files');
    });
});

describe('import of our own files', () => {
    const files = {
        'qubes/work.rules': '!include dev\n^a\\.test$  comment=a\n',
        'sets/dev.rules': '# of all developers\n^dev\\.test$\n',
        'tags/red.rules': '^red\\.test$\n',
    };

    test('brings back what export wrote', async () => {
        const dom0 = await fakeDom0({ files });
        const archive = join(dom0.root, 'rules.tar');
        expect(await dom0.cli('export', archive)).toEqual({
            exitCode: 0,
            out: `qubes/work.rules: 1 rule and 1 included set\nsets/dev.rules: 1 rule\ntags/red.rules: 1 rule\n${archive} written\n`,
            err: '',
        });
        const filter = obedientAgent();
        const other = await fakeDom0({
            agents: { 'sys-filter': filter.agent },
        });
        const { exitCode } = await other.cli('import', archive, '--apply');
        expect(exitCode).toBe(0);
        for (const [path, text] of Object.entries(files)) {
            expect(await readFile(other.config(path), 'utf8')).toBe(text);
        }
        expect(filter.applied.at(-1)?.clients[0]?.filter?.rules).toBe(2);
    });

    test('export of a qube takes what it includes, and no more', async () => {
        const dom0 = await fakeDom0({
            files: { ...files, 'sets/other.rules': '^o$\n' },
        });
        const archive = join(dom0.root, 'work.tar');
        const { out } = await dom0.cli('export', archive, 'work');
        expect(out).toBe(
            `qubes/work.rules: 1 rule and 1 included set\nsets/dev.rules: 1 rule\n${archive} written\n`,
        );
    });

    test('export says of a file that only includes sets what it has', async () => {
        const dom0 = await fakeDom0({
            files: { ...files, 'qubes/work.rules': '!include dev\n' },
        });
        const archive = join(dom0.root, 'rules.tar');
        const { out } = await dom0.cli('export', archive);
        expect(out).toContain('qubes/work.rules: 1 included set\n');
    });

    test('export replaces no file', async () => {
        const dom0 = await fakeDom0({ files });
        const archive = join(dom0.root, 'rules.tar');
        await writeFile(archive, 'precious');
        const { exitCode, err } = await dom0.cli('export', archive);
        expect([exitCode, err]).toEqual([
            1,
            `qvm-filterproxy: error: ${archive} is there already; nothing was written\n`,
        ]);
        expect(await readFile(archive, 'utf8')).toBe('precious');
    });

    test('export of files with an error writes nothing', async () => {
        const dom0 = await fakeDom0({ files: { 'sets/a.rules': '(\n' } });
        const archive = join(dom0.root, 'rules.tar');
        const { exitCode, err } = await dom0.cli('export', archive);
        expect(exitCode).toBe(1);
        expect(err).toContain(`${config}/sets/a.rules:1: `);
        await expect(readFile(archive)).rejects.toThrow();
    });

    test('says what it leaves out, and of which qubes there are none', async () => {
        const dom0 = await fakeDom0();
        const source = await sourceWith(dom0, {
            'qubes/gone.rules': '^a$\n',
            'qubes/a b.rules': '^a$\n',
            'owners/gone': 'x',
            'stopped.json': '{}',
        });
        const { out, err, exitCode } = await dom0.cli('import', source);
        expect(exitCode).toBe(0);
        expect(out).toContain(
            'there is no qube gone: the rules are for the first one of that name',
        );
        expect(err.split('\n')).toEqual(
            expect.arrayContaining([
                expect.stringMatching(/^qubes\/a b\.rules: left out: /),
                'owners/gone: left out',
                'stopped.json: left out',
            ]),
        );
    });
});

describe('import of a list of domains', () => {
    test('makes a set of it', async () => {
        const dom0 = await fakeDom0();
        const list = join(dom0.root, 'hosts.txt');
        await writeFile(
            list,
            '127.0.0.1 localhost\n0.0.0.0 ads.example.com\nnonsense!\n',
        );
        const args = ['import', list, '--set', 'ads'];
        const { exitCode, out, err } = await dom0.cli(...args, '--apply');
        expect(exitCode).toBe(0);
        expect(out).toContain(
            `${list} becomes the set ads: 1 rule, now ${config}/sets/ads.rules\n`,
        );
        expect(err).toContain('line 3 is left out: ');
        expect(await readFile(dom0.config('sets/ads.rules'), 'utf8')).toBe(
            '^ads\\.example\\.com$\n',
        );
    });

    test('of a directory is refused before anything in it is read', async () => {
        const dom0 = await fakeDom0();
        const { exitCode, err } = await dom0.cli('import', '/', '--set', 'x');
        expect(exitCode).toBe(2);
        expect(err).toContain(
            '/ is a directory; --set is for a file, a list of domains\n',
        );
    });

    test('needs a name for the set', async () => {
        const dom0 = await fakeDom0();
        const list = join(dom0.root, 'hosts.txt');
        await writeFile(list, '0.0.0.0 ads.example.com\n');
        const { exitCode, err } = await dom0.cli('import', list);
        expect(exitCode).toBe(2);
        expect(err).toContain('add --set NAME');
    });
});

test('import of what is not there says so', async () => {
    const dom0 = await fakeDom0();
    const { exitCode, err } = await dom0.cli('import', '/nowhere/at/all');
    expect([exitCode, err]).toEqual([
        1,
        'qvm-filterproxy: error: cannot read /nowhere/at/all: ENOENT\n',
    ]);
});

test('a line that is left out of an old block list is an error', async () => {
    const dom0 = await fakeDom0();
    const source = await sourceWith(dom0, {
        config: 'ConnectPort 443\n',
        'a.10.137.0.5': '^a\\.test$\n*b\n',
    });
    const { exitCode, err } = await dom0.cli('import', source, '--apply');
    expect(exitCode).toBe(1);
    expect(err).toContain('a.10.137.0.5:2: cannot be taken over: ');
    expect(await filesIn(dom0, 'qubes')).toEqual([]);
});

describe('the template of the old guide', () => {
    const withConfig = (lines: string) => ({
        config: `${template}${lines}`,
        'a.10.137.0.5': '^a\\.test$\n',
    });

    test('becomes settings of the ProxyVM, in force with the rules', async () => {
        const { dom0, filter, source } = await withOldGuide(
            withConfig(
                'ConnectPort 8443\nTimeout 300\nMaxClients 2000\nUpstream socks5 10.20.0.8:1080\nUpstream none ".corp.test"\n',
            ),
        );
        const { exitCode, out, err } = await dom0.cli(
            'import',
            source,
            '--apply',
        );
        expect(err).toBe(
            'config:8: MaxClients 2000: more than !max-clients 1024 is not possible\n',
        );
        expect(exitCode).toBe(0);
        expect(out).toContain('config is for all clients of sys-filter');
        expect(
            await readFile(dom0.config('proxies/sys-filter.conf'), 'utf8'),
        ).toBe(
            '!connect-port 443 8443\n!timeout 300\n!upstream socks5 10.20.0.8:1080\n!upstream none .corp.test\n',
        );
        const [client] = filter.applied.at(-1)?.clients ?? [];
        expect(client?.filter).toMatchObject({
            connectPorts: [443, 8443],
            timeoutSeconds: 300,
        });
        expect(client?.filter?.upstreams.length).toBe(2);
    });

    test('with an upstream by name is an error that says what to do', async () => {
        const { dom0, source } = await withOldGuide(
            withConfig('Upstream http proxy.corp.test:3128\n'),
        );
        const { exitCode, err } = await dom0.cli('import', source, '--apply');
        expect(exitCode).toBe(1);
        expect(err).toContain('config: ');
        expect(err).toContain('!upstream http proxy.corp.test:3128');
        expect(await filesIn(dom0, 'qubes')).toEqual([]);
    });
});
