// `stop`, `start`, `restart`, `kill-all` and `kill-all-and-restart`.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseStopped } from '../../dom0/core/stopped.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { type FakeAgent, noAgent, obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const rules = { work: '^a\\.test$\n', banking: '^bank\\.test$\n' };
const since = 'since 2026-11-24 12:00, by user';

/** Served at sys-filter: work and banking, or what `files` says. */
async function served(files: Readonly<Record<string, string>> = rules) {
    const filter = obedientAgent();
    const dom0 = await fakeDom0({
        qubes: exampleWith(disposable),
        rules: files,
        agents: { 'sys-filter': filter.agent },
    });
    await dom0.cli('update');
    return { dom0, filter };
}

/** Served at sys-filter, and then qvm-ls fails. */
async function blind() {
    const filter = obedientAgent();
    const tools: Record<string, RunCommand> = {};
    const dom0 = await fakeDom0({
        rules,
        agents: { 'sys-filter': filter.agent },
        tools,
    });
    await dom0.cli('update');
    const see = () => Reflect.deleteProperty(tools, 'qvm-ls');
    tools['qvm-ls'] = async () => outcome({ exitCode: 1, stderr: 'no luck\n' });
    return { dom0, filter, see };
}

/** Whom the last document was to serve. */
function clientsOf({ applied }: ReturnType<typeof obedientAgent>) {
    return applied.at(-1)?.clients.map(({ name }) => name);
}

async function stored(dom0: FakeDom0) {
    const bytes = await readFile(dom0.config('stopped.json'));
    const parsed = parseStopped(bytes);
    return parsed.ok ? parsed.value : expect.fail(parsed.error);
}

describe('stop', () => {
    test('ends a qube’s proxy and says how to start it', async () => {
        const { dom0, filter } = await served();
        expect(await dom0.cli('stop', 'work')).toEqual({
            exitCode: 0,
            out: [
                'work: stopped',
                '    to start it again: qvm-filterproxy start work',
                'sys-filter: in force; 2 open connections of work were ended',
                'can still go around the proxy: work',
                '    to change that: qvm-filterproxy lock work',
                '',
            ].join('\n'),
            err: '',
        });
        expect(clientsOf(filter)).toEqual(['banking']);
        expect(await dom0.rules('work')).toBe(rules.work);
        expect(await stored(dom0)).toEqual({
            version: 1,
            all: null,
            qubes: [
                {
                    uuid: uuidOf('work'),
                    name: 'work',
                    since: '2026-11-24T12:00:00Z',
                    by: 'user',
                },
            ],
        });
    });

    test.each([
        [['update']],
        [['update', 'sys-filter']],
        [['allow', 'work', 'b.test']],
        [['remove', 'work', '1']],
        [['allow', 'banking', 'c.test']],
        [['unlock', 'work']],
    ])('holds through %j', async (args) => {
        const { dom0, filter } = await served();
        await dom0.cli('stop', 'work');
        expect((await dom0.cli(...args)).exitCode).toBe(0);
        expect(clientsOf(filter)).toEqual(['banking']);
    });

    test('is told by allow, list, show and update, with the way out', async () => {
        const { dom0 } = await served();
        await dom0.cli('stop', 'work');
        const start = '    to start it: qvm-filterproxy start work\n';
        const stopped = `work: it is stopped (${since})\n${start}`;
        expect(await dom0.cli('allow', 'work', 'b.test')).toEqual({
            exitCode: 0,
            out: `work: ^b\\.test$ added\n    The host b.test and no other.\n    A name means that host; ".NAME" means its subdomains too.\nwork: stored; it is stopped (${since})\n${start}`,
            err: '',
        });
        expect((await dom0.cli('list', 'work')).out).toContain(
            `work: 2 rules, stopped (${since})\n`,
        );
        expect((await dom0.cli('update')).out).toBe(
            `sys-filter: in force\n${stopped}`,
        );
        expect((await dom0.cli('show')).out).toContain(
            `not served:\n    work: it is stopped (${since})\n    ${start}`,
        );
        const json = JSON.parse((await dom0.cli('update', '--json')).out);
        expect(json.qubes).toContainEqual({
            qube: 'work',
            state: 'stopped',
            message: `it is stopped (${since})`,
            stopped: {
                since: '2026-11-24T12:00:00Z',
                by: 'user',
                through: 'own',
            },
            oldRules: false,
            learning: null,
        });
    });

    test('of a stopped qube says since when, and tells its ProxyVM again', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('stop', 'work');
        const before = await stored(dom0);
        const documents = filter.applied.length;
        expect((await dom0.cli('stop', 'work')).out).toContain(
            `work: is already stopped (${since})\n`,
        );
        expect(await stored(dom0)).toEqual(before);
        expect(filter.applied.length).toBe(documents + 1);
    });

    test('of a qube without rules holds for those that it gets', async () => {
        const { dom0, filter } = await served({ banking: rules.banking });
        expect((await dom0.cli('stop', 'work')).out).toContain(
            'work: stopped\n    it has no rules\n',
        );
        expect((await dom0.cli('show')).out).toContain(
            `work: stopped (${since}), no rules\n    to start it: qvm-filterproxy start work\n`,
        );
        expect((await dom0.cli('show', 'work')).out).toContain(
            `work: stopped (${since}), no rules\n`,
        );
        expect((await dom0.cli('show', 'sys-filter2')).out).not.toContain(
            'work',
        );
        const allowed = await dom0.cli('allow', 'work', 'a.test');
        expect(allowed.out).toContain('work: stored; it is stopped');
        expect(clientsOf(filter)).toEqual(['banking']);
    });

    test('of a locked qube says that it reaches nothing at all', async () => {
        const { dom0 } = await served();
        await dom0.cli('lock', 'work');
        const { out } = await dom0.cli('stop', 'work');
        expect(out).toContain('work is locked, so it reaches nothing at all\n');
        expect(out).not.toContain('go around');
    });

    test('of a disposable’s template stops its disposables', async () => {
        const { dom0, filter } = await served({ 'work-dvm': '^d\\.test$\n' });
        expect(clientsOf(filter)).toEqual(['disp12']);
        const { out } = await dom0.cli('stop', 'work-dvm');
        expect(out).toContain(
            'work-dvm: stopped\n    and with it its disposables: disp12\n',
        );
        expect(out).toContain('2 open connections of disp12 were ended\n');
        expect(clientsOf(filter)).toEqual([]);
        expect((await dom0.cli('disp12')).out).toContain(
            `disp12, as work-dvm: 1 rule, stopped with work-dvm (${since})\n`,
        );
        const started = await dom0.cli('start', 'disp12');
        expect(started).toMatchObject({
            exitCode: 1,
            err: `disp12: it is stopped with work-dvm (${since})\n    to start it: qvm-filterproxy start work-dvm\n`,
        });
        expect((await dom0.cli('start', 'work-dvm')).exitCode).toBe(0);
        expect(clientsOf(filter)).toEqual(['disp12']);
    });

    test('of a disposable names its template, too, if that is stopped', async () => {
        const { dom0, filter } = await served({ 'work-dvm': '^d\\.test$\n' });
        await dom0.cli('stop', 'work-dvm');
        const { out } = await dom0.cli('stop', 'disp12');
        expect(out).toContain(
            'to start it again: qvm-filterproxy start work-dvm disp12\n',
        );
        const started = await dom0.cli('start', 'work-dvm', 'disp12');
        expect(started.exitCode).toBe(0);
        expect(clientsOf(filter)).toEqual(['disp12']);
    });

    test('of a disposable alone outlives a start of its template', async () => {
        const { dom0, filter } = await served({ 'work-dvm': '^d\\.test$\n' });
        await dom0.cli('stop', 'work-dvm');
        await dom0.cli('stop', 'disp12');
        await dom0.cli('start', 'work-dvm');
        expect(clientsOf(filter)).toEqual([]);
        await dom0.cli('start', 'disp12');
        expect(clientsOf(filter)).toEqual(['disp12']);
    });

    test('is of a qube, not of its name', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('stop', 'work');
        dom0.qubes = exampleWith({ name: 'work', uuid: uuidOf('another') });
        await writeFile(dom0.config('owners/work'), uuidOf('another'));
        await dom0.cli('update');
        expect(clientsOf(filter)).toEqual(['banking', 'work']);
    });

    test('fails when its ProxyVM could not be told', async () => {
        const filter = obedientAgent();
        let isLost = false;
        const dom0 = await fakeDom0({
            rules,
            agents: {
                'sys-filter': (...call) =>
                    isLost ? outcome({ exitCode: 255 }) : filter.agent(...call),
            },
        });
        await dom0.cli('update');
        isLost = true;
        expect(await dom0.cli('stop', 'work')).toEqual({
            exitCode: 1,
            out: 'can still go around the proxy: work\n    to change that: qvm-filterproxy lock work\n',
            err: 'work: noted as stopped, but sys-filter could not be told: it went away in the middle; what was in force there before may still be\n    to try again: qvm-filterproxy update sys-filter\n',
        });
        isLost = false;
        await dom0.cli('update', 'sys-filter');
        expect(clientsOf(filter)).toEqual(['banking']);
    });

    test('changes nothing with --dry-run', async () => {
        const { dom0, filter } = await served();
        const documents = filter.applied.length;
        const { out } = await dom0.cli('stop', 'work', '--dry-run');
        expect(out).toContain('work: would be stopped\nsys-filter would:\n');
        expect(filter.applied.length).toBe(documents);
        await expect(stored(dom0)).rejects.toThrow('ENOENT');
    });
});

describe('start', () => {
    test('has a qube served again', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('stop', 'work');
        expect(await dom0.cli('start', 'work')).toEqual({
            exitCode: 0,
            out: 'work: not stopped any more\nsys-filter: in force\n',
            err: '',
        });
        expect(clientsOf(filter)).toEqual(['banking', 'work']);
        expect((await dom0.cli('start', 'work')).out).toBe(
            'work: was not stopped\nsys-filter: in force\n',
        );
    });

    test.each([['start', '--all'], ['kill-all-and-restart']])(
        'that cannot look changes nothing: %s %s',
        async (...command) => {
            const { dom0, filter, see } = await blind();
            await dom0.cli('kill-all');
            const { exitCode, err } = await dom0.cli(...command);
            expect([exitCode, err]).toEqual([
                1,
                'qvm-filterproxy: error: qvm-ls: no luck\n',
            ]);
            see();
            await dom0.cli('update', '--all');
            expect(clientsOf(filter)).toEqual([]);
            const { all } = await stored(dom0);
            expect(all).not.toBeNull();
        },
    );

    test('of a halted qube says when it will be served', async () => {
        const { dom0 } = await served({ 'work-dvm': '^d\\.test$\n', ...rules });
        dom0.qubes = exampleWith({ name: 'work', xid: -1 });
        await dom0.cli('stop', 'work');
        expect((await dom0.cli('start', 'work')).out).toContain(
            'work: it is halted, and is served once it starts\n',
        );
    });

    test('with --all ends every stop but those excluded', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('kill-all');
        const result = await dom0.cli('start', '--all', '--exclude', 'work');
        expect(result.out).toContain('banking: not stopped any more\n');
        expect(result.out).toContain('qubes that get rules later: not');
        expect(clientsOf(filter)).toEqual(['banking']);
        const others = await dom0.cli('start', '--all');
        expect(others.out).toBe(
            'work: not stopped any more\nsys-filter: in force\n',
        );
        expect((await dom0.cli('start', '--all')).out).toBe(
            'no qube was stopped\nsys-filter: in force\n',
        );
    });
});

describe('restart', () => {
    test('tells the ProxyVM twice under its lock: without the qube, and with it', async () => {
        const { dom0, filter } = await served();
        dom0.commands.length = 0;
        const documents = filter.applied.length;
        expect(await dom0.cli('restart', 'work')).toEqual({
            exitCode: 0,
            out: 'work: restarted\nsys-filter: in force; 2 open connections of work were ended\n',
            err: '',
        });
        const told = filter.applied.slice(documents);
        expect(
            told.map(({ clients }) => clients.map(({ name }) => name)),
        ).toEqual([['banking'], ['banking', 'work']]);
        const calls = dom0.commands.filter((each) =>
            /^(flock|qrexec)/.test(each),
        );
        expect(calls.map((each) => each.split(' ')[0])).toEqual([
            'flock',
            'flock',
            'qrexec-client',
            'qrexec-client',
        ]);
    });

    test('ends a stop', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('stop', 'work');
        expect((await dom0.cli('restart', 'work')).out).toContain(
            'work: restarted, and not stopped any more\n',
        );
        expect(clientsOf(filter)).toEqual(['banking', 'work']);
    });

    test('leaves a qube alone whose rules cannot be put in force again', async () => {
        const { dom0, filter } = await served();
        await writeFile(dom0.config('qubes/work.rules'), '(\n');
        const documents = filter.applied.length;
        const result = await dom0.cli('restart', 'work');
        expect(result.exitCode).toBe(1);
        expect(result.err).toContain('work: not restarted: its rule file');
        const json = await dom0.cli('restart', 'work', '--json');
        expect(JSON.parse(json.out)).toMatchObject({
            qubes: [],
            notRestarted: ['work'],
        });
        expect(filter.applied.length).toBe(documents);
    });

    test('with --all leaves out those excluded', async () => {
        const { dom0, filter } = await served();
        const documents = filter.applied.length;
        await dom0.cli('restart', '--all', '--exclude', 'work');
        const [first] = filter.applied.slice(documents);
        expect(first?.clients.map(({ name }) => name)).toEqual(['work']);
    });

    test('changes nothing with --dry-run', async () => {
        const { dom0, filter } = await served();
        const documents = filter.applied.length;
        const { out } = await dom0.cli('restart', 'work', '--dry-run');
        expect(out).toBe(
            [
                'work: would be restarted',
                'first to end what is open:',
                'sys-filter would:',
                '    serve banking',
                '',
            ].join('\n'),
        );
        expect(filter.applied.length).toBe(documents);
    });
});

describe('kill-all', () => {
    test('stops everybody everywhere, those with rules to come as well', async () => {
        const { dom0, filter } = await served();
        expect(await dom0.cli('kill-all')).toEqual({
            exitCode: 0,
            out: [
                'all qubes: stopped, also those that get rules later',
                '    to start one: qvm-filterproxy start QUBE',
                '    to start all: qvm-filterproxy start --all',
                'sys-filter: serves nobody; open connections were ended: 2 of banking, 2 of work',
                'can still go around the proxy: banking, work',
                '    to change that: qvm-filterproxy lock banking work',
                '',
            ].join('\n'),
            err: '',
        });
        expect(clientsOf(filter)).toEqual([]);
        const asked = dom0.commands.filter((each) => each.includes('+apply'));
        expect(asked.map((each) => each.split(' ')[2])).toEqual(
            expect.arrayContaining([
                'sys-filter',
                'sys-filter2',
                'sys-firewall',
                'sys-net',
            ]),
        );
        await dom0.cli('allow', 'personal', 'p.test');
        dom0.qubes = exampleWith({ name: 'work', uuid: uuidOf('another') });
        await writeFile(dom0.config('owners/work'), uuidOf('another'));
        await dom0.cli('update');
        expect(clientsOf(filter)).toEqual([]);
        expect((await dom0.cli('list', 'personal')).out).toContain(
            `personal: 1 rule, stopped with all qubes (${since})\n`,
        );
    });

    test('closes what is served before it looks, which may fail', async () => {
        const { dom0, filter } = await blind();
        expect(await dom0.cli('kill-all')).toEqual({
            exitCode: 1,
            out: [
                'all qubes: stopped, also those that get rules later',
                '    to start one: qvm-filterproxy start QUBE',
                '    to start all: qvm-filterproxy start --all',
                'sys-filter: serves nobody; open connections were ended: 2 of banking, 2 of work',
                '',
            ].join('\n'),
            err: 'qvm-ls: no luck; whether others serve anybody is not known\n',
        });
        expect(clientsOf(filter)).toEqual([]);
        const { all } = await stored(dom0);
        expect(all).not.toBeNull();
    });

    test('closes what is served though it cannot write that down', async () => {
        const { dom0, filter } = await served();
        await mkdir(dom0.config('stopped.json'));
        const { exitCode, out, err } = await dom0.cli('kill-all');
        expect([exitCode, out]).toEqual([1, '']);
        expect(err).toMatch(
            /^qvm-filterproxy: error: .*stopped\.json.*; so nobody is noted as stopped\n {4}sys-filter: serves nobody, but not for long\n {4}to keep it so until that is mended: sudo systemctl stop qubes-filterproxyd; qvm-filterproxy kill-all\n$/,
        );
        expect(clientsOf(filter)).toEqual([]);
    });

    test('fails when a ProxyVM could not be told, and says which', async () => {
        const dom0 = await fakeDom0({
            rules,
            agents: { 'sys-filter': () => outcome({ exitCode: 125 }) },
        });
        const result = await dom0.cli('kill-all');
        expect(result.exitCode).toBe(1);
        expect(result.out).toContain('all qubes: noted as stopped, also ');
        expect(result.err).toContain('sys-filter could not be told: ');
    });

    test('says what was done with --verbose', async () => {
        const { agent } = obedientAgent();
        const talkative: FakeAgent = (...call) => {
            const { stdout, ...rest } = agent(...call);
            const steps = '"steps":["end the proxy\\u001b of work"]';
            const text = stdout.toString().replace('"steps":[]', steps);
            return { ...rest, stdout: Buffer.from(text) };
        };
        const dom0 = await fakeDom0({
            rules,
            agents: { 'sys-filter': talkative },
        });
        expect((await dom0.cli('kill-all', '-v')).out).toContain(
            'sys-filter: serves nobody\n    end the proxy_ of work\n',
        );
    });

    test('is over for a qube that is started, and for no other', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('kill-all');
        await dom0.cli('start', 'work');
        expect(clientsOf(filter)).toEqual(['work']);
        await dom0.cli('stop', 'work');
        expect(clientsOf(filter)).toEqual([]);
        await dom0.cli('start', 'work');
        expect(clientsOf(filter)).toEqual(['work']);
        expect((await dom0.cli('show')).out).toContain(
            `all qubes are stopped (${since}), but for those that were started since\n`,
        );
        expect((await dom0.cli('kill-all')).out).toContain(
            'all qubes: stopped,',
        );
        expect(clientsOf(filter)).toEqual([]);
        expect((await dom0.cli('kill-all')).out).toContain(
            `all qubes: are already stopped (${since})\n`,
        );
    });

    test('frees a template’s later disposables with the template', async () => {
        const { dom0, filter } = await served({ 'work-dvm': '^d\\.test$\n' });
        await dom0.cli('kill-all');
        await dom0.cli('start', 'work-dvm');
        expect(clientsOf(filter)).toEqual(['disp12']);
    });

    test('holds even if qubesd does not answer', async () => {
        const dom0 = await fakeDom0({
            rules,
            tools: {
                'qvm-ls': async () => outcome({ exitCode: 1, stderr: 'no\n' }),
            },
        });
        expect((await dom0.cli('kill-all')).exitCode).toBe(1);
        expect((await stored(dom0)).all).not.toBeNull();
    });

    test('and restart ends all connections and every stop', async () => {
        const { dom0, filter } = await served();
        await dom0.cli('stop', 'work');
        await dom0.cli('kill-all');
        const documents = filter.applied.length;
        const result = await dom0.cli('kill-all-and-restart');
        expect(result).toMatchObject({ exitCode: 0, err: '' });
        expect(result.out).toContain(
            'all qubes: restarted; none is stopped any more\nsys-filter: in force\n',
        );
        const told = filter.applied.slice(documents);
        expect(told.map(({ clients }) => clients.length)).toEqual([0, 2]);
    });

    test('changes nothing with --dry-run', async () => {
        const { dom0, filter } = await served();
        const documents = filter.applied.length;
        for (const command of ['kill-all', 'kill-all-and-restart']) {
            const { out } = await dom0.cli(command, '--dry-run');
            expect(out).toContain('all qubes would be ');
        }
        expect(filter.applied.length).toBe(documents);
        await expect(stored(dom0)).rejects.toThrow('ENOENT');
    });
});

describe('a file of stops that cannot be understood', () => {
    const bad: [string, string, RegExp][] = [
        ['empty', '', /stopped\.json: it is empty\n/],
        ['no JSON', '{', /stopped\.json: it is not JSON/],
        [
            'with a field that nobody knows',
            '{"version":1,"all":null,"qubes":[],"more":1}',
            /stopped\.json: more: /,
        ],
        [
            'of another version',
            '{"version":2,"all":null,"qubes":[]}',
            /stopped\.json: version: /,
        ],
    ];

    test.each(bad)(
        '%s keeps all ProxyVMs from being told',
        async (_, text, said) => {
            const { dom0, filter } = await served();
            const documents = filter.applied.length;
            await writeFile(dom0.config('stopped.json'), text);
            for (const args of [
                ['update'],
                ['allow', 'work', 'b.test'],
                ['stop', 'work'],
                ['start', 'work'],
                ['start', '--all', '--exclude', 'work'],
                ['restart', 'work'],
                ['show'],
            ]) {
                const { exitCode, err } = await dom0.cli(...args);
                expect([args, exitCode]).toEqual([args, 1]);
                expect(err).toMatch(said);
                expect(err).toContain(
                    'none stopped: qvm-filterproxy start --all\n',
                );
            }
            expect(filter.applied.length).toBe(documents);
            const listed = await dom0.cli('list', 'work');
            expect(listed.out).toContain('work: 1 rule\n');
            expect(listed.err).toMatch(said);
            expect(listed.exitCode).toBe(1);
        },
    );

    test('is one that others may write', async () => {
        const { dom0 } = await served();
        await dom0.cli('stop', 'work');
        await chmod(dom0.config('stopped.json'), 0o666);
        expect((await dom0.cli('update')).err).toContain(
            'stopped.json: others may write it; to mend it: sudo chmod 660 ',
        );
    });

    test.each([
        [
            ['start', '--all'],
            ['banking', 'work'],
        ],
        [['kill-all'], []],
        [['kill-all-and-restart'], ['banking', 'work']],
    ])('is written anew by %j', async (args, clients) => {
        const { dom0, filter } = await served();
        await writeFile(dom0.config('stopped.json'), '{');
        expect((await dom0.cli(...args)).exitCode).toBe(0);
        expect(clientsOf(filter)).toEqual(clients);
    });
});

test('a ProxyVM without an agent has nothing to stop', async () => {
    const dom0 = await fakeDom0({
        rules,
        agents: { 'sys-filter': noAgent },
    });
    expect(await dom0.cli('stop', 'work', '-q')).toEqual({
        exitCode: 0,
        out: '',
        err: '',
    });
});
