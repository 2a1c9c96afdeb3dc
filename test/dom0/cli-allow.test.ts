import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noAgent, obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const stored = '(^|\\.)github\\.com$';

describe('allow', () => {
    test('stores a rule, puts it in force, and says what is still open', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({ agents: { 'sys-filter': filter.agent } });
        const result = await dom0.cli('allow', 'work', 'github\\.com$');
        expect(result.err).toBe('');
        expect(result.out.split('\n')).toEqual([
            `work: ${stored} added`,
            '    The host github.com and all its subdomains.',
            expect.stringMatching(/^ {4}As typed it would also match/),
            'sys-filter: in force',
            'work can still go around the proxy, its Qubes firewall lets everything out',
            '    to change that: qvm-filterproxy lock work',
            '',
        ]);
        expect(result.exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe(`${stored}\n`);
        expect(filter.applied.at(-1)?.clients[0]?.name).toBe('work');
    });

    test('keeps what the user wrote, and adds below', async () => {
        const text = '# mine\n\n^a\\.test$   # first\n# last';
        const dom0 = await fakeDom0({
            rules: { work: text },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('allow', 'work', 'b.test', '--comment', 'two words');
        expect(await dom0.rules('work')).toBe(
            `${text}\n^b\\.test$ comment=two words\n`,
        );
    });

    test('says so when a rule is there already, and is content', async () => {
        const dom0 = await fakeDom0({
            rules: { work: `${stored}\n` },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const result = await dom0.cli('allow', 'work', '.github.com');
        expect(result.out).toMatch(`work: ${stored} is there already\n`);
        expect(result.out).toMatch('sys-filter: in force\n');
        expect(result.exitCode).toBe(0);
        expect(await dom0.rules('work')).toBe(`${stored}\n`);
    });

    test('is understood behind the qube, too', async () => {
        const dom0 = await fakeDom0({
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const result = await dom0.cli('work', 'allow', 'a.test', '-q');
        expect(result).toEqual({ exitCode: 0, out: '', err: '' });
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
    });

    test('reads the firewall while the ProxyVM is told', async () => {
        const dom0 = await fakeDom0({
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('allow', 'work', 'github.com');
        const firewall = dom0.commands.indexOf('qvm-firewall --raw work list');
        const call = dom0.commands.findIndex((each) =>
            each.startsWith('qrexec-client '),
        );
        expect(firewall).toBeGreaterThan(-1);
        expect(firewall).toBeLessThan(call);
    });

    test('records whose the file is before it is written', async () => {
        const dom0 = await fakeDom0({
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('allow', 'work', 'a.test');
        const [file] = [...(await dom0.deps.rules.readAll()).files.values()];
        expect(file?.owner).toBe(uuidOf('work'));
    });

    test('with --dry-run prints the plan and writes nothing', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({ agents: { 'sys-filter': filter.agent } });
        const args = ['allow', 'work', 'a.test', '--dry-run'];
        const result = await dom0.cli(...args);
        expect(result.out).toMatch('work: ^a\\.test$ would be added\n');
        expect(result.out).toMatch('sys-filter would:\n    serve work\n');
        expect(result.exitCode).toBe(0);
        expect(filter.applied).toEqual([]);
        await expect(dom0.rules('work')).rejects.toThrow('ENOENT');
        await expect(stat(dom0.config('owners/work'))).rejects.toThrow();
        const told = join(dom0.root, 'run/qubes/filterproxy/sys-filter.told');
        await expect(stat(told)).rejects.toThrow();
    });

    test('says of a rule that another one makes superfluous which one that is', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '!include dev\n(^|\\.)b\\.test$\n^c\\.test$\n' },
            files: { 'sets/dev.rules': '\n^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const args = ['allow', 'work', 'a.test', 'x.b.test', '.c.test'];
        expect((await dom0.cli(...args)).out).toContain(
            [
                'work: ^a\\.test$ added',
                '    The host a.test and no other.',
                '    A name means that host; ".NAME" means its subdomains too.',
                '    all that it matches is already allowed by ^a\\.test$',
                '    /etc/qubes/filterproxy/sets/dev.rules:2, included at /etc/qubes/filterproxy/qubes/work.rules:1',
                'work: ^x\\.b\\.test$ added',
                '    The host x.b.test and no other.',
                '    all that it matches is already allowed by rule 1, (^|\\.)b\\.test$',
                '    /etc/qubes/filterproxy/qubes/work.rules:2',
                'work: (^|\\.)c\\.test$ added',
                '    The host c.test and all its subdomains.',
                '    ".NAME" means the host and its subdomains.',
                'sys-filter: in force',
                '',
            ].join('\n'),
        );
        const json = await dom0.cli('allow', 'work', 'y.b.test', '--json');
        expect(JSON.parse(json.out).rules[0].by).toEqual({
            file: 'qubes/work.rules',
            line: 2,
            via: [],
            host: null,
        });
    });

    test('with --json prints an object for programs', async () => {
        const dom0 = await fakeDom0({
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const { out } = await dom0.cli('allow', 'work', 'a.test', '--json');
        expect(JSON.parse(out)).toEqual({
            version: 1,
            command: 'allow',
            setAside: null,
            qube: 'work',
            file: 'qubes/work.rules',
            dryRun: false,
            rules: [
                {
                    typed: 'a.test',
                    expression: '^a\\.test$',
                    comment: null,
                    expire: null,
                    untilShutdown: false,
                    meaning: 'The host a.test and no other.',
                    added: true,
                    by: null,
                },
            ],
            proxyvms: [
                {
                    proxyvm: 'sys-filter',
                    ok: true,
                    agent: '0.1.0',
                    tinyproxy: '1.11.1',
                    steps: ['serve work'],
                    ended: [],
                    error: null,
                },
            ],
            qubes: [
                {
                    qube: 'work',
                    state: 'in-force',
                    message: 'in force in sys-filter',
                    stopped: null,
                    oldRules: false,
                    learning: null,
                },
            ],
            wayAround: { kind: 'everything', locked: false },
        });
    });
});

describe('allow says', () => {
    const agents = () => ({ 'sys-filter': obedientAgent().agent });

    test('once what a name means, and only of new rules', async () => {
        const dom0 = await fakeDom0({ agents: agents() });
        const first = await dom0.cli('allow', 'work', 'a.test', 'b.test');
        expect(first.out.match(/A name means that host;/g)).toHaveLength(1);
        const second = await dom0.cli('allow', 'work', 'a.test');
        expect(second.out).not.toContain('A name means that host;');
    });

    const closed = 'is no public address; the proxy does not connect to it';

    test.each([
        ['10.0.0.1', true],
        ['127.0.0.1', false],
        ['192.168.1.1', true],
        ['169.254.1.1', false],
        ['10.137.0.6', false],
        ['203.0.113.1', false],
        ['fd00::1', true],
        ['fe80::1', false],
        ['::1', false],
    ])(
        'that the proxy does not connect to %s by itself; may a setting open it: %s',
        async (address, isOpenable) => {
            const dom0 = await fakeDom0({ agents: agents() });
            const result = await dom0.cli('allow', 'work', address);
            expect(result.out).toContain(`The address ${address}, spelled`);
            expect(result.err).toBe(
                isOpenable
                    ? `work: ${address} ${closed}\n    to open it: !lan ${address} in: qvm-filterproxy edit work\n`
                    : `work: ${address} ${closed}, and no setting opens it\n`,
            );
            expect(result.exitCode).toBe(0);
            expect((await dom0.cli('list')).out).toContain(
                `The address ${address}, spelled like this only.`,
            );
        },
    );

    test('nothing of an address that a setting opens, and where to open others', async () => {
        const dom0 = await fakeDom0({
            agents: agents(),
            files: { 'proxies/sys-filter.conf': '!lan 10.0.0.0/8 22 8080\n' },
        });
        const opened = await dom0.cli('allow', 'work', '10.5.5.5');
        expect(opened.err).toBe('');
        const other = await dom0.cli('allow', 'work', '192.168.1.1');
        expect(other.err).toContain(
            'to open it: !lan 192.168.1.1 in: /etc/qubes/filterproxy/proxies/sys-filter.conf\n',
        );
    });

    test.each([
        ['.co.uk', 'anybody can register a name below co.uk'],
        ['*.github.io', 'anybody can register a name below github.io'],
        [
            'amazonaws\\.com$',
            'below amazonaws.com others can register names, too',
        ],
    ])('that with %s %s', async (pattern, others) => {
        const dom0 = await fakeDom0({ agents: agents() });
        const result = await dom0.cli('allow', 'work', pattern, 'x.github.io');
        expect(result.err).toBe(`work: ${others}\n`);
        expect(result.exitCode).toBe(0);
    });

    test('nothing of a public address', async () => {
        const dom0 = await fakeDom0({ agents: agents() });
        for (const address of ['93.184.1.1', '2001:4860::1']) {
            expect((await dom0.cli('allow', 'work', address)).err).toBe('');
        }
    });

    test('that a rule lost its comment', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$ comment=old\n' },
            agents: agents(),
        });
        const args = ['allow', 'work', 'a.test', '--comment', ''];
        expect((await dom0.cli(...args, '--dry-run')).out).toContain(
            'work: ^a\\.test$ is there already, would lose its comment\n',
        );
        expect((await dom0.cli(...args)).out).toContain(
            'work: ^a\\.test$ is there already, now without a comment\n',
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$\n');
        const again = await dom0.cli(...args, 'b.test', '--json');
        expect(JSON.parse(again.out).rules).toMatchObject([
            { comment: null, added: false },
            { comment: null, added: true },
        ]);
        expect(await dom0.rules('work')).toBe('^a\\.test$\n^b\\.test$\n');
    });

    test('that a rule got another comment', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$ comment=old\n' },
            agents: agents(),
        });
        const args = ['allow', 'work', 'a.test', '--comment', 'new'];
        expect((await dom0.cli(...args)).out).toContain(
            "work: ^a\\.test$ is there already, now with the comment 'new'\n",
        );
        expect(await dom0.rules('work')).toBe('^a\\.test$ comment=new\n');
    });

    test('no way to lock a qube that provides network, or is not served', async () => {
        const dom0 = await fakeDom0({
            agents: { 'sys-firewall': obedientAgent().agent },
        });
        const router = await dom0.cli('allow', 'sys-filter', 'a.test');
        expect(router.out).toContain('sys-filter can still go around');
        expect(router.out).not.toContain('qvm-filterproxy lock');
        const unserved = await dom0.cli('allow', 'work', 'a.test');
        expect(unserved.out).not.toContain('go around');
    });

    test('where an agent’s failure is to be looked up', async () => {
        const answer = {
            service: 'qubes.FilterProxy',
            version: 1,
            error: { code: 'internal', message: 'nft said no.' },
            report: null,
        };
        const dom0 = await fakeDom0({
            agents: {
                'sys-filter': () =>
                    outcome({ stdout: JSON.stringify(answer), exitCode: 1 }),
            },
        });
        expect((await dom0.cli('allow', 'work', 'a.test')).err).toBe(
            [
                'work: stored, but the agent in sys-filter failed: "nft said no."; what was in force there before may still be',
                '    see the journal of sys-filter',
                '    to try again: qvm-filterproxy update sys-filter',
                '',
            ].join('\n'),
        );
    });
});

describe('allow for a qube that cannot be served now', () => {
    test.each<[string, object, string]>([
        [
            'halted',
            { name: 'work', xid: -1 },
            'work: stored; it is halted, and is served once it starts\n',
        ],
        [
            'its netvm halted',
            { name: 'sys-filter', xid: -1 },
            'work: stored; its netvm sys-filter is halted; it is served once that runs\n',
        ],
    ])(
        '(%s) stores the rule, says when it holds, and succeeds',
        async (_, change, said) => {
            const dom0 = await fakeDom0({
                qubes: exampleWith({ name: 'work', ...change }),
                agents: { 'sys-filter': obedientAgent().agent },
            });
            const result = await dom0.cli('allow', 'work', 'a.test');
            expect(result.out).toContain(said);
            expect(result.err).toBe('');
            expect(result.exitCode).toBe(0);
            expect(await dom0.rules('work')).toBe('^a\\.test$\n');
            expect(dom0.commands.join('\n')).not.toContain('+apply');
        },
    );

    test.each<[string, readonly object[], string]>([
        [
            'without netvm',
            [{ name: 'work', netvm: null, ip: null, gateway: null }],
            'work: stored, but it has no netvm, so it reaches nothing at all\n    to give it one: qvm-prefs work netvm NETVM\n',
        ],
        [
            'halted, with a netvm that has no agent',
            [{ name: 'work', xid: -1, netvm: 'sys-firewall' }],
            'work: stored, but its netvm sys-firewall has no filter proxy agent, so nothing is filtered and no proxy answers it\n    to put it behind sys-filter, which is there: qvm-prefs work netvm sys-filter\n    to have a ProxyVM made for it: qvm-filterproxy setup sys-filter3 work\n    to filter in sys-firewall: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-firewall\n',
        ],
        [
            'with an address that another one has',
            [{ name: 'work', ip: '10.137.0.6' }],
            'work: stored, but its address 10.137.0.6 is also that of banking, so they cannot be told apart and it is not served\n    to give work its own: qvm-prefs --default work ip\n    to give banking its own: qvm-prefs --default banking ip\n',
        ],
        [
            'with a netvm that has no agent, and sys-filter elsewhere',
            [
                { name: 'work', netvm: 'sys-firewall' },
                { name: 'sys-filter', netvm: 'sys-net' },
            ],
            'work: stored, but its netvm sys-firewall has no filter proxy agent, so nothing is filtered and no proxy answers it\n    to have a ProxyVM made for it: qvm-filterproxy setup sys-filter3 work\n    to filter in sys-firewall: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-firewall\n',
        ],
        [
            'with a netvm that has no agent',
            [{ name: 'work', netvm: 'sys-firewall' }],
            'work: stored, but its netvm sys-firewall has no filter proxy agent, so nothing is filtered and no proxy answers it\n    to put it behind sys-filter, which is there: qvm-prefs work netvm sys-filter\n    to have a ProxyVM made for it: qvm-filterproxy setup sys-filter3 work\n    to filter in sys-firewall: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-firewall\n',
        ],
    ])(
        '(%s) says what is the case and what to do, and fails',
        async (_, changes, said) => {
            const dom0 = await fakeDom0({
                qubes: exampleWith(
                    ...changes.map((change) => ({ name: 'work', ...change })),
                ),
                agents: { 'sys-filter': obedientAgent().agent },
            });
            const result = await dom0.cli('allow', 'work', 'a.test');
            expect(result.err).toBe(said);
            expect(result.exitCode).toBe(1);
            expect(await dom0.rules('work')).toBe('^a\\.test$\n');
        },
    );

    test('(behind another qube) names the ProxyVM that could, and how', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith(
                {
                    name: 'sys-vpn',
                    netvm: 'sys-filter',
                    ip: '10.137.0.20',
                    gateway: '10.137.0.4',
                    xid: 20,
                    providesNetwork: true,
                },
                { name: 'work', netvm: 'sys-vpn' },
            ),
            agents: { 'sys-filter': obedientAgent().agent, 'sys-vpn': noAgent },
        });
        const result = await dom0.cli('allow', 'work', 'a.test');
        expect(result.err).toBe(
            [
                'work: stored, but it is behind sys-vpn, which has no filter proxy agent; sys-filter has one, but cannot tell work from sys-vpn',
                '    to filter in sys-filter: qvm-prefs work netvm sys-filter',
                '    to filter in sys-vpn: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-vpn',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
    });

    test('(ProxyVM paused) says what is stored and what may be in force', async () => {
        const dom0 = await fakeDom0({
            agents: { 'sys-filter': () => outcome({ exitCode: 125 }) },
        });
        const result = await dom0.cli('allow', 'work', 'a.test');
        expect(result.err).toBe(
            [
                'work: stored, but sys-filter could not be told: it does not answer qrexec: it is paused, or has not started up yet; what was in force there before may still be',
                '    if it is paused: qvm-unpause sys-filter',
                '    to try again: qvm-filterproxy update sys-filter',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
    });
});

describe('allow for a disposable', () => {
    const qubes = exampleWith(disposable);

    test('says that its template’s file is meant, and wants to hear it', async () => {
        const dom0 = await fakeDom0({ qubes });
        const result = await dom0.cli('allow', 'disp12', 'a.test');
        expect(result.err).toBe(
            'qvm-filterproxy: error: disp12 is a disposable: it has the rules of work-dvm, as all disposables of that have; to change them add --template\n',
        );
        expect(result.exitCode).toBe(1);
    });

    test('with --template changes the template’s file for all of them', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({
            qubes,
            agents: { 'sys-filter': filter.agent },
        });
        const args = ['allow', 'disp12', 'a.test', '--template'];
        const result = await dom0.cli(...args);
        expect(result.out).toContain('work-dvm: ^a\\.test$ added\n');
        expect(result.out).toContain('sys-filter: in force\n');
        expect(result.out).toContain('disp12 can still go around the proxy');
        expect(result.exitCode).toBe(0);
        expect(await dom0.rules('work-dvm')).toBe('^a\\.test$\n');
        expect(filter.applied[0]?.clients.map(({ name }) => name)).toEqual([
            'disp12',
        ]);
    });

    test('refuses --template for what is no disposable', async () => {
        const dom0 = await fakeDom0({ qubes });
        const args = ['allow', 'work', 'a.test', '--template'];
        expect((await dom0.cli(...args)).exitCode).toBe(2);
    });
});

describe('allow changes nothing and says why', () => {
    test.each<[string, readonly string[], number, string]>([
        [
            'for an unknown qube',
            ['nosuch', 'a.test'],
            2,
            "error: no such qube: 'nosuch'\n",
        ],
        [
            'for what cannot be a qube',
            ['../x', 'a.test'],
            2,
            "error: '../x' is no qube: a qube name is",
        ],
        ['for dom0', ['dom0', 'a.test'], 1, 'error: dom0 has no network'],
        [
            'for a template',
            ['fedora-41', 'a.test'],
            1,
            'error: fedora-41 is a template',
        ],
        ['for a URL', ['work', 'https://a.test/'], 1, 'https://a.test/\n'],
        [
            'for all of several if one is wrong',
            ['work', 'a.test', 'b c'],
            1,
            'nothing was changed:\n',
        ],
        [
            'for a comment that is two lines',
            ['work', 'a.test', '--comment', 'x\n^evil\\.test$'],
            2,
            'cannot be stored: invisible character U+000A',
        ],
        [
            'without a pattern',
            ['work'],
            2,
            "missing required argument 'PATTERN'",
        ],
        ['with an unknown option', ['work', 'a', '--al'], 2, 'unknown option'],
    ])('%s', async (_, args, exitCode, said) => {
        const dom0 = await fakeDom0();
        const result = await dom0.cli('allow', ...args);
        expect(result.err).toContain(said);
        expect(result.out).toBe('');
        expect(result.exitCode).toBe(exitCode);
        await expect(dom0.rules('work')).rejects.toThrow('ENOENT');
    });

    test('when the rule file has an error, which it points at', async () => {
        const dom0 = await fakeDom0({ rules: { work: '^a$\n!b\n^(c$\n' } });
        const result = await dom0.cli('allow', 'work', 'd.test');
        expect(result.err).toMatch(
            /^qvm-filterproxy: error: nothing was changed, mend this first:\n\/etc\/qubes\/filterproxy\/qubes\/work\.rules:2: .*\n {4}!b\n {4}\^\n\/etc\/qubes\/filterproxy\/qubes\/work\.rules:3: /,
        );
        expect(result.exitCode).toBe(1);
        expect(await dom0.rules('work')).toBe('^a$\n!b\n^(c$\n');
    });

    test('when qubesd is down, on one line', async () => {
        const traceback =
            'Traceback (most recent call last):\n  File "x"\nqubesadmin.exc.QubesDaemonCommunicationError: Failed to connect to qubesd service: [Errno 111] Connection refused\n';
        const dom0 = await fakeDom0({
            tools: {
                'qvm-ls': async () =>
                    outcome({ exitCode: 1, stderr: traceback }),
            },
        });
        const result = await dom0.cli('allow', 'work', 'a.test');
        expect(result).toEqual({
            exitCode: 1,
            out: '',
            err: 'qvm-filterproxy: error: qvm-ls: qubesd does not answer; to start it: sudo systemctl start qubesd\n',
        });
    });

    test('when the rule file cannot be written', async () => {
        const dom0 = await fakeDom0();
        await writeFile(join(dom0.root, 'run/qubes/filterproxy'), '');
        const result = await dom0.cli('allow', 'work', 'a.test');
        expect(result.err).toMatch(/^qvm-filterproxy: error: /);
        expect(result.exitCode).toBe(1);
    });
});
