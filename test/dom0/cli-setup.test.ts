import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../dom0/failure.ts';
import { fakeEditor } from './fake-editor.ts';
import { exampleQubes, type FakeQube } from './fake-qubes.ts';
import {
    type SetupOptions,
    setupDom0,
    spare,
    unfiltered,
} from './fake-setup.ts';

const create =
    'qvm-create --class AppVM --template fedora-41 --label orange ' +
    '--property provides_network=True --property netvm=sys-firewall sys-filter';

const plan = `sys-filter would be made, based on fedora-41, behind sys-firewall:
    ${create}
    qvm-start sys-filter
    qvm-filterproxy show sys-filter
    qvm-prefs work netvm sys-filter
    qvm-filterproxy update sys-filter
work runs, what it has open ends when it is moved
`;

const done = `sys-filter: made, based on fedora-41, behind sys-firewall
work: behind sys-filter now, before behind sys-firewall
sys-filter: in force
work: it has no rules, so no proxy answers it
`;

const open = `can still go around the proxy: work
    to change that: qvm-filterproxy lock work
`;

const next =
    "to let work reach a host: qvm-filterproxy allow work 'github\\.com$'\n";

describe('setup', () => {
    test('with --dry-run prints each step as it could be typed, as README does', async () => {
        const { cli, qubes } = await setupDom0();
        expect(await cli('setup', 'sys-filter', 'work', '--dry-run')).toEqual({
            exitCode: 0,
            out: plan,
            err: '',
        });
        expect(qubes.asked).toEqual([]);
        const readme = readFileSync(
            new URL('../../README.md', import.meta.url),
            'utf8',
        );
        const shown = plan.replace(/^/gm, '    ').trimEnd();
        expect(readme).toContain(shown);
    });

    test('shows the plan and asks before it does it, then says what to type next', async () => {
        const editor = fakeEditor([], ['y', 'n']);
        const { cli, qubes } = await setupDom0({ editor });
        expect(await cli('setup', 'sys-filter', 'work')).toEqual({
            exitCode: 0,
            out: done + open + next,
            err: '',
        });
        expect(editor.asked).toEqual([
            `${plan}Do this? [y/N] `,
            'Lock work, so that its proxy is its only way out? It has no ' +
                'rules yet, so until then it reaches nothing. [y/N] ',
        ]);
        expect(qubes.asked).toEqual([
            create,
            'qvm-start sys-filter',
            'qvm-prefs work netvm sys-filter',
        ]);
    });

    test('changes nothing if the answer is another one', async () => {
        const editor = fakeEditor([], ['']);
        const { cli, qubes } = await setupDom0({ editor });
        expect((await cli('setup', 'sys-filter', 'work')).out).toBe(
            'nothing was changed\n',
        );
        expect(qubes.asked).toEqual([]);
    });

    test('without a terminal wants --yes', async () => {
        const { cli, qubes } = await setupDom0();
        const { exitCode, err } = await cli('setup', 'sys-filter', 'work');
        expect([exitCode, err]).toEqual([
            1,
            'qvm-filterproxy: error: nothing was changed: setup asks first, on a terminal; without one add --yes, or --dry-run to see what it would do\n',
        ]);
        expect(qubes.asked).toEqual([]);
    });

    test('with --yes asks nothing, and locks only with --lock', async () => {
        const first = await setupDom0();
        const unlocked = await first.cli(
            'setup',
            'sys-filter',
            'work',
            '--yes',
        );
        expect(unlocked.out).toBe(done + open + next);
        expect(first.dom0.firewall.of('work')).toEqual(['action=accept']);
        const second = await setupDom0();
        const args = ['setup', 'sys-filter', 'work', '--yes', '--lock'];
        expect((await second.cli(...args)).out).toBe(
            `${done}work: locked; no proxy answers it, so it reaches nothing at all\n${next}`,
        );
    });

    test('offers a lock only to those whom it would close something', async () => {
        const editor = fakeEditor([], ['y', 'y']);
        const { cli, dom0 } = await setupDom0({
            editor,
            rules: { work: '^a\\.test$\n' },
        });
        dom0.firewall.rules.set('banking', ['action=drop']);
        const { out, exitCode } = await cli(
            ...['setup', 'sys-filter', 'banking', 'work'],
        );
        expect(exitCode).toBe(0);
        expect(editor.asked.slice(1)).toEqual([
            'Lock work, so that its proxy is its only way out? [y/N] ',
        ]);
        expect(out).toContain('sys-filter: in force\n');
        expect(out).toContain('work: locked, its Qubes firewall drops all');
        expect(out).not.toContain('go around');
    });

    test('of what is set up does nothing, and does not ask', async () => {
        const { cli, qubes } = await setupDom0({ qubes: exampleQubes });
        const { out, exitCode } = await cli('setup', 'sys-filter', 'work');
        expect([exitCode, out]).toEqual([
            0,
            `sys-filter: nothing to do, work is behind it\n${open}${next}`,
        ]);
        expect(qubes.asked).toEqual([]);
    });

    test.each([{ flags: [] }, { flags: ['--yes'] }, { flags: ['--dry-run'] }])(
        'fails where all is set up but no agent will ever filter: $flags',
        async ({ flags }) => {
            const { cli, qubes } = await setupDom0({ qubes: exampleQubes });
            const args = ['setup', 'sys-firewall', 'personal', ...flags];
            expect(await cli(...args)).toEqual({
                exitCode: 1,
                out: '',
                err:
                    'qvm-filterproxy: error: nothing was changed: ' +
                    'sys-firewall has no filter proxy agent, so nothing is ' +
                    'filtered and no proxy answers personal\n' +
                    '    to filter in sys-firewall: install the package ' +
                    'qubes-filterproxy in fedora-41, shut fedora-41 down and ' +
                    'restart sys-firewall\n' +
                    '    to have another ProxyVM made: qvm-filterproxy setup ' +
                    'sys-filter3 personal\n',
            });
            expect(qubes.asked).toEqual([]);
        },
    );

    test('advises no ProxyVM that has no agent itself', async () => {
        const { cli } = await setupDom0({
            qubes: exampleQubes,
            hasAgent: false,
        });
        const { err } = await cli('setup', 'sys-filter', 'work', '--yes');
        expect(err).toContain('made: qvm-filterproxy setup sys-filter3 work\n');
        const allowed = await cli('allow', 'work', 'a.test');
        expect(allowed.err).toContain(
            'for it: qvm-filterproxy setup sys-filter3 work\n',
        );
    });

    test('after itself does nothing, and one client more is one step more', async () => {
        const { cli, qubes } = await setupDom0();
        await cli('setup', 'sys-filter', 'work', '--yes');
        const before = qubes.asked.length;
        await cli('setup', 'sys-filter', 'work', '--yes');
        expect(qubes.asked.length).toBe(before);
        const both = ['work', 'banking'];
        await cli('setup', 'sys-filter', ...both, '--yes');
        expect(qubes.asked.slice(before)).toEqual([
            'qvm-prefs banking netvm sys-filter',
        ]);
    });

    test('starts and moves a ProxyVM that nobody uses', async () => {
        const { cli, qubes } = await setupDom0({
            qubes: [...unfiltered, spare],
        });
        const { out } = await cli('setup', 'sys-filter2', 'personal', '--yes');
        expect(qubes.asked).toEqual([
            'qvm-prefs sys-filter2 netvm sys-firewall',
            'qvm-start sys-filter2',
            'qvm-prefs personal netvm sys-filter2',
        ]);
        expect(out).toContain(
            'sys-filter2: behind sys-firewall now, before behind sys-net\n',
        );
    });

    test('moves a ProxyVM whose clients are all named, and says what that ends', async () => {
        const { cli, qubes } = await setupDom0({ qubes: exampleQubes });
        const clients = ['banking', 'work', 'work-dvm'];
        const args = ['setup', 'sys-filter', ...clients, '--netvm', 'sys-net'];
        expect((await cli(...args, '--dry-run')).out).toBe(
            'sys-filter would be moved from sys-firewall to sys-net, and with ' +
                'it banking, work, work-dvm:\n' +
                '    qvm-prefs sys-filter netvm sys-net\n' +
                '    qvm-filterproxy update sys-filter\n' +
                'sys-filter runs, what its clients have open ends when it is moved\n',
        );
        const { out } = await cli(...args, '--yes');
        expect(out).toContain(
            'sys-filter: behind sys-net now, before behind sys-firewall, and ' +
                'with it banking, work, work-dvm\n',
        );
        expect(qubes.asked).toEqual(['qvm-prefs sys-filter netvm sys-net']);
    });

    test('moves nobody who is behind it elsewhere, as another one is', async () => {
        const anon: FakeQube = {
            name: 'anon',
            netvm: 'sys-filter2',
            ip: '10.137.0.40',
            gateway: '10.137.0.10',
        };
        const { cli, qubes } = await setupDom0({
            qubes: [...unfiltered, spare, anon],
        });
        const args = ['setup', 'sys-filter2', 'anon', 'work', '--yes'];
        const { exitCode, err } = await cli(...args);
        expect(exitCode).toBe(1);
        expect(err).toBe(
            'qvm-filterproxy: error: nothing was changed: sys-filter2 would ' +
                'have to be moved behind ' +
                'sys-firewall, and with it anon\n' +
                '    to leave it there: qvm-filterproxy setup sys-filter2 anon work --netvm sys-net\n' +
                '    to move them all: qvm-filterproxy setup sys-filter2 anon work --netvm sys-firewall\n' +
                '    or choose another name for the ProxyVM: it will be made\n',
        );
        expect(qubes.asked).toEqual([]);
        expect((await cli(...args, '--netvm', 'sys-net')).exitCode).toBe(0);
        expect(qubes.asked).not.toContain(
            'qvm-prefs sys-filter2 netvm sys-firewall',
        );
    });

    test('has nobody online who is kept offline, unless somebody is asked', async () => {
        const { cli, qubes } = await setupDom0({});
        const args = [
            'setup',
            'sys-filter',
            'vault',
            '--netvm',
            'sys-firewall',
        ];
        const { exitCode, err } = await cli(...args, '--yes');
        expect(exitCode).toBe(1);
        expect(err).toContain('vault has no netvm, it is kept offline');
        expect(err).toContain('without --yes it is asked');
        expect(qubes.asked).toEqual([]);
    });

    test('that is done is told when what follows on it fails', async () => {
        const { cli, dom0, qubes } = await setupDom0({});
        Object.assign(dom0.deps, {
            told: {
                read: () => Promise.reject(new Failure('no run directory')),
            },
        });
        const args = ['setup', 'sys-filter', 'work', '--yes', '--lock'];
        const { exitCode, out, err } = await cli(...args);
        expect(exitCode).toBe(1);
        expect(out).toContain('work: behind sys-filter now');
        expect(err).toContain(
            'sys-filter is set up, but not known to be in force or locked: ' +
                'no run directory',
        );
        expect(err).toContain('to lock: qvm-filterproxy lock work\n');
        expect(qubes.asked.length).toBe(3);
    });

    test('that is interrupted when it is done locks nobody, and says so', async () => {
        const { cli, dom0, interrupt } = await setupDom0({});
        const { told } = dom0.deps;
        Object.assign(dom0.deps, {
            told: {
                ...told,
                read: () => {
                    interrupt.abort();
                    return told.read();
                },
            },
        });
        const args = ['setup', 'sys-filter', 'work', '--yes', '--lock'];
        const { exitCode, out, err } = await cli(...args);
        expect(exitCode).toBe(1);
        expect(out).toContain('work: behind sys-filter now');
        expect(err).toMatch(/^interrupted: it is set up/);
        expect(err).toContain('interrupted: set up, but not locked: work\n');
        const changes = dom0.commands.filter((command) =>
            command.startsWith('qvm-firewall work'),
        );
        expect(changes).toEqual([]);
    });

    test('that is interrupted between two locks leaves the second qube', async () => {
        const { cli, dom0, interrupt } = await setupDom0({});
        const { firewall } = dom0.deps;
        const changed: string[] = [];
        Object.assign(dom0.deps, {
            firewall: {
                ...firewall,
                change: (...args: Parameters<typeof firewall.change>) => {
                    changed.push(args[0]);
                    interrupt.abort();
                    return firewall.change(...args);
                },
            },
        });
        const clients = ['work', 'banking'];
        const args = ['setup', 'sys-filter', ...clients, '--yes', '--lock'];
        const { exitCode, err } = await cli(...args);
        expect(exitCode).toBe(1);
        const [first] = changed;
        expect(new Set(changed).size).toBe(1);
        const other = clients.find((name) => name !== first);
        expect(err).toContain(
            `interrupted: set up, but not locked: ${other}\n`,
        );
    });

    test('does nothing that was not shown, if qubes are changed meanwhile', async () => {
        const editor = fakeEditor([], []);
        const { cli, qubes, dom0 } = await setupDom0({ editor });
        Object.assign(editor, {
            ask: async () => {
                qubes.type('qvm-prefs', ['work', 'netvm', 'sys-net']);
                dom0.qubes = qubes.listed;
                return 'y';
            },
        });
        const { err, exitCode } = await cli('setup', 'sys-filter', 'work');
        expect(exitCode).toBe(1);
        expect(err).toContain('qubes were changed meanwhile');
        expect(qubes.asked.length).toBe(1);
    });

    test('tells the ProxyVM that a client leaves', async () => {
        const { cli, dom0 } = await setupDom0({
            qubes: exampleQubes,
            rules: { work: '^a\\.test$\n' },
        });
        await cli('update');
        const { out } = await cli(
            ...['setup', 'sys-filter2', 'work', '--netvm', 'sys-firewall'],
            '--yes',
        );
        expect(out).toContain('sys-filter2: in force\n');
        const told = await dom0.deps.told.read();
        expect([...told].map(([proxyvm, all]) => [proxyvm, ...all])).toEqual([
            ['sys-filter2', 'work'],
        ]);
    });

    test('says that the filter of now would only be in between', async () => {
        const { cli } = await setupDom0({
            qubes: exampleQubes,
            rules: { work: '^a\\.test$\n' },
        });
        await cli('update');
        const chain = (name: string) =>
            'sys-filter is a ProxyVM as well, and would not filter for work any more, only be in between\n' +
            `    to have ${name} in its place: qvm-filterproxy setup ${name} work --netvm sys-firewall\n`;
        for (const name of ['sys-filter2', 'sys-new']) {
            const trial = ['setup', name, 'work', '--dry-run'];
            expect((await cli(...trial)).out).toContain(chain(name));
            const said = await cli(...trial, '--netvm', 'sys-firewall');
            expect(said.out).toContain('qvm-prefs work netvm');
            expect(said.out).not.toContain('in between');
        }
    });

    test('is JSON with --json', async () => {
        const { cli } = await setupDom0();
        const args = ['setup', 'sys-filter', 'work', '--yes', '--json'];
        const json = JSON.parse((await cli(...args)).out);
        expect(Object.keys(json)).toEqual([
            ...['version', 'command', 'dryRun', 'proxyvm', 'commands'],
            ...['proxyvms', 'qubes', 'done', 'wayAround'],
        ]);
        expect(json).toMatchObject({ command: 'setup', done: true });
    });
});

describe('a qube that provides network', () => {
    test('is not among those that are to be named instead of another', async () => {
        const { cli } = await setupDom0({ qubes: exampleQubes });
        const { err } = await cli('setup', 'sys-filter', 'sys-firewall');
        expect(err).toContain(
            'themselves: qvm-filterproxy setup sys-filter personal\n',
        );
    });

    test('is not told to be its own client, nor another’s', async () => {
        const { cli } = await setupDom0({ qubes: exampleQubes });
        const { err } = await cli('allow', 'sys-filter', 'a.test');
        expect(err).toContain('its netvm sys-firewall has no filter proxy');
        expect(err).toContain(
            'for those behind sys-filter, rules of their own: ' +
                'qvm-filterproxy allow QUBE PATTERN\n',
        );
        expect(err).toContain('to filter in sys-firewall: install');
        expect(err).not.toContain('setup');
    });
});

describe('setup refuses', () => {
    const spare: FakeQube = {
        name: 'sys-spare',
        netvm: 'sys-firewall',
        ip: '10.137.0.20',
        gateway: '10.137.0.3',
        providesNetwork: true,
    };
    const behindSpare = { ...spare, name: 'sys-deep', netvm: 'sys-spare' };
    const vpn = { ...spare, name: 'sys-vpn' };
    const withSpares: SetupOptions = {
        qubes: [...unfiltered, spare, behindSpare, vpn],
    };
    const disp: FakeQube = {
        name: 'disp12',
        class: 'DispVM',
        template: 'work-dvm',
        netvm: 'sys-firewall',
        ip: '10.138.0.5',
        gateway: '10.137.0.3',
    };

    test.each<[string, string, string[], SetupOptions]>([
        ['a name that no qube can have', "'_x' is no qube", ['_x', 'work'], {}],
        ['dom0', 'dom0 has no network', ['dom0', 'work'], {}],
        ['dom0 as a client', 'dom0 has no', ['sys-filter', 'dom0'], {}],
        ['a client that is not there', 'no such qube', ['x', 'y'], {}],
        ['a template as a client', 'is a template', ['x', 'fedora-41'], {}],
        ['a template', 'fedora-41 is a template', ['fedora-41', 'work'], {}],
        [
            'a disposable',
            'disp12 is a disposable',
            ['disp12', 'work'],
            { qubes: [...unfiltered, disp] },
        ],
        [
            'a disposable as a client, and names its template',
            'qvm-filterproxy setup sys-filter work-dvm',
            ['sys-filter', 'disp12'],
            { qubes: [...unfiltered, disp] },
        ],
        [
            'a qube of that name that provides no network',
            'qvm-prefs personal provides_network True',
            ['personal', 'work'],
            {},
        ],
        [
            'a ProxyVM that is there and has another template',
            'sys-spare is there already, and not based on debian-13',
            ['sys-spare', 'work', '--based-on', 'debian-13'],
            withSpares,
        ],
        [
            'a qube that is its own client',
            'cannot be its own netvm',
            ['sys-spare', 'sys-spare'],
            withSpares,
        ],
        [
            'a client that provides network, and names those behind it',
            'setup sys-filter banking personal work work-dvm',
            ['sys-filter', 'sys-firewall'],
            {},
        ],
        [
            'the firewall of others',
            'sys-firewall is the netvm of banking, personal, work-dvm as well',
            ['sys-firewall', 'work', '--netvm', 'sys-net'],
            {
                qubes: unfiltered.map((qube) =>
                    qube.name === 'work' ? { ...qube, netvm: 'sys-net' } : qube,
                ),
            },
        ],
        [
            'to lead others elsewhere',
            'would have to be moved behind sys-vpn, and with it sys-deep',
            ['sys-spare', 'work', '--netvm', 'sys-vpn'],
            withSpares,
        ],
        [
            'a loop',
            'cannot be behind sys-deep, which has its own network from sys-spare',
            ['sys-spare', 'work', '--netvm', 'sys-deep'],
            withSpares,
        ],
        [
            'an offline client',
            'vault has no netvm, it is kept offline',
            ['sys-filter', 'work', 'vault'],
            {},
        ],
        [
            'clients with different netvms',
            'banking is behind sys-firewall, and work behind sys-vpn',
            ['sys-filter', 'banking', 'work'],
            {
                qubes: [...unfiltered, vpn].map((qube) =>
                    qube.name === 'work' ? { ...qube, netvm: 'sys-vpn' } : qube,
                ),
            },
        ],
        [
            'a netvm that is not there',
            'there is no qube sys-x',
            ['sys-filter', 'work', '--netvm', 'sys-x'],
            {},
        ],
        [
            'a netvm that provides no network',
            'personal provides no network',
            ['sys-filter', 'work', '--netvm', 'personal'],
            {},
        ],
        [
            'a Fedora template without the package',
            'in a terminal of fedora-41: sudo dnf install ./qubes-filterproxy-[0-9]*.noarch.rpm',
            ['sys-filter', 'work'],
            { features: { 'fedora-41': 'os-distribution  fedora\n' } },
        ],
        [
            'a template like Debian without the package',
            'sudo apt install ./qubes-filterproxy_*_all.deb',
            ['sys-filter', 'work'],
            {
                features: {
                    'fedora-41':
                        'os-distribution       whonix\nos-distribution-like  debian\n',
                },
            },
        ],
        [
            'a named template without the package',
            'debian-13 does not have the package',
            ['sys-filter', 'work', '--based-on', 'debian-13'],
            {
                qubes: [
                    ...unfiltered,
                    { name: 'debian-13', class: 'TemplateVM' },
                ],
            },
        ],
        [
            'a template that is none',
            '--based-on personal: it is no template',
            ['sys-filter', 'work', '--based-on', 'personal'],
            {},
        ],
        [
            'a template that runs',
            'qvm-shutdown --wait fedora-41',
            ['sys-filter', 'work'],
            {
                qubes: unfiltered.map((qube) =>
                    qube.name === 'fedora-41' ? { ...qube, xid: 40 } : qube,
                ),
            },
        ],
        [
            'a halted ProxyVM whose template lacks the package',
            'fedora-41 does not have the package',
            ['sys-spare', 'work'],
            {
                qubes: [...unfiltered, spare],
                features: { 'fedora-41': '', 'sys-spare': '' },
            },
        ],
        [
            'what qvm-features should not print',
            'qvm-features printed what it should not',
            ['sys-filter', 'work'],
            { features: { 'fedora-41': '?\n' } },
        ],
    ])('%s', async (_, said, args, options) => {
        const { cli, qubes } = await setupDom0(options);
        const before = qubes.picture;
        const { exitCode, err } = await cli('setup', ...args, '--yes');
        expect(err).toContain(said);
        expect([1, 2]).toContain(exitCode);
        expect(qubes.picture).toBe(before);
        expect(qubes.asked).toEqual([]);
    });

    test('to guess between several templates that have the package', async () => {
        const both = ['debian-13', 'fedora-42'];
        const { cli } = await setupDom0({
            qubes: [
                ...unfiltered,
                ...both.map((name) => ({ name, class: 'TemplateVM' })),
            ],
            features: Object.fromEntries(
                both.map((name) => [
                    name,
                    'supported-rpc.qubes.FilterProxy  1\n',
                ]),
            ),
        });
        const { err } = await cli('setup', 'sys-filter', 'work', '--yes');
        expect(err).toContain(
            'several templates have the package: debian-13, fedora-42\n' +
                '    to say which one sys-filter is to be based on: --based-on debian-13\n',
        );
    });
});
