import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import { closingAgent, noAgent, obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith } from './fake-qubes.ts';
import { noRules } from './no-rules.ts';
import { outcome } from './outcome.ts';

const rules = {
    work: '^a\\.test$\n^b\\.test$\n',
    banking: '^bank\\.test$\n',
    personal: '^p\\.test$\n',
    vault: '^v\\.test$\n',
};

describe('show', () => {
    test('says who is served by what, who is not and why', async () => {
        const dom0 = await fakeDom0({
            rules,
            agents: {
                'sys-filter': obedientAgent().agent,
                'sys-firewall': noAgent,
            },
        });
        dom0.firewall.rules.set('banking', ['action=drop']);
        await dom0.cli('update');
        const result = await dom0.cli('show');
        expect(result.out).toBe(
            [
                'sys-filter: up to date since 2026-11-24 12:00 (agent 0.1.0, tinyproxy 1.11.1)',
                '    banking: served, 1 rule, locked',
                '        ^bank\\.test$',
                '    work: served, 2 rules, not locked',
                '        ^a\\.test$',
                '        ^b\\.test$',
                'sys-firewall has no filter proxy agent',
                '    to filter in sys-firewall: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-firewall',
                '    personal: no proxy answers it, not locked',
                '        ^p\\.test$',
                'not served:',
                '    vault: it has no netvm, so it reaches nothing at all',
                '        to give it one: qvm-prefs vault netvm NETVM',
                'can still go around the proxy: work',
                '    to change that: qvm-filterproxy lock work',
                'not filtered by any proxy, and not locked: personal',
                '    to let nothing out: qvm-filterproxy lock personal',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(0);
    });

    test('names those that no proxy answers, but not those it locks in', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work, banking: rules.banking },
            agents: { 'sys-filter': closingAgent('no room') },
        });
        await dom0.cli('lock', 'banking');
        expect((await dom0.cli('show')).out).toMatch(
            /\nnot filtered by any proxy, and not locked: work\n.*lock work\n$/,
        );
    });

    test('says what a ProxyVM has not been told yet', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        expect((await dom0.cli('show')).out).toContain(
            '    to bring it up to date: qvm-filterproxy update sys-filter\n    work: not served yet, not locked\n        ^a',
        );
        await dom0.cli('update');
        const path = 'qubes/work.rules';
        await dom0.deps.rules.writeFile(path, '^a\\.test$\n');
        expect((await dom0.cli('show')).out).toContain(
            'work: served when it was last told, but with 2 instead of 1 rule, not locked\n        ^a',
        );
    });

    test.each([
        ['^a\\.test$\n(^|\\.)a\\.test$\n', 'served, 2 rules'],
        [
            '!default allow\n^a\\.test$\n(^|\\.)a\\.test$\n',
            'served, all hosts but those of 2 rules',
        ],
    ])(
        'believes a proxy without the rule that another covers: %j',
        async (text, words) => {
            const { agent } = obedientAgent();
            const dom0 = await fakeDom0({
                rules: { work: text },
                agents: {
                    'sys-filter': (...call) => withOneRule(agent(...call)),
                },
            });
            await dom0.cli('update');
            const { out, exitCode } = await dom0.cli('show', 'work');
            expect(out).toContain(`work: ${words}, not locked\n`);
            expect(out).not.toContain('update');
            expect(exitCode).toBe(0);
        },
    );

    test('tells of a block list of before how many rules it had', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '!default allow\n^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        const path = 'qubes/work.rules';
        await dom0.deps.rules.writeFile(path, '!default allow\n');
        expect((await dom0.cli('show')).out).toContain(
            'work: served when it was last told, but with 1 instead of no rules, not locked\n',
        );
    });

    test('names those that are served though they should not be', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work, banking: rules.banking },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        dom0.qubes = exampleWith({ name: 'banking', xid: -1 });
        expect((await dom0.cli('show')).out).toContain(
            '    banking: served from before, until the next update\n',
        );
    });

    test('names a ProxyVM that does not answer', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n' },
            agents: { 'sys-filter': () => outcome({ exitCode: 125 }) },
        });
        dom0.firewall.rules.set('work', ['action=drop']);
        const result = await dom0.cli('show');
        expect(result.out).toBe(
            [
                'sys-filter: it does not answer qrexec: it is paused, or has not started up yet',
                '    work: what is in force is not known, locked',
                '        ^a\\.test$',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
    });

    test('of a ProxyVM shows only that', async () => {
        const dom0 = await fakeDom0({
            rules,
            agents: { 'sys-filter2': obedientAgent().agent },
        });
        const result = await dom0.cli('show', 'sys-filter2');
        expect(result).toEqual({
            exitCode: 0,
            out: 'sys-filter2: nothing to do (agent 0.1.0, tinyproxy 1.11.1)\n    serves nobody\n',
            err: '',
        });
    });

    describe('of a client', () => {
        const filter = () => ({ 'sys-filter': obedientAgent().agent });

        test('shows it in its ProxyVM, and no other', async () => {
            const dom0 = await fakeDom0({ rules, agents: filter() });
            await dom0.cli('update');
            const result = await dom0.cli('show', 'work');
            expect(result.out).toMatch(/^sys-filter: .*\n {4}work: served/);
            expect(result.out).not.toMatch(/vault|banking/);
            expect((await dom0.cli('update', 'work')).out).toBe(
                'sys-filter: in force\n',
            );
        });

        test.each([
            ['with rules', { vault: rules.vault }],
            ['without rules', {}],
        ])(
            'without a netvm says so, and how to give it one: %s',
            async (_, own) => {
                const dom0 = await fakeDom0({ rules: own, agents: filter() });
                const said = [
                    'vault: it has no netvm, so it reaches nothing at all',
                    '    to give it one: qvm-prefs vault netvm NETVM',
                    '',
                ];
                expect(await dom0.cli('show', 'vault')).toEqual({
                    exitCode: 0,
                    out: `not served:\n    ${said.slice(0, 2).join('\n    ')}\n`,
                    err: '',
                });
                const json = await dom0.cli('show', 'vault', '--json');
                expect(JSON.parse(json.out)).toMatchObject({
                    proxyvms: [],
                    unserved: [{ qube: 'vault', state: 'no-netvm' }],
                });
                expect(await dom0.cli('update', 'vault')).toEqual({
                    exitCode: 0,
                    out: '',
                    err: said.join('\n'),
                });
                const told = await dom0.cli('update', 'vault', '--json');
                expect(JSON.parse(told.out)).toMatchObject({
                    proxyvms: [],
                    qubes: [{ qube: 'vault', state: 'no-netvm' }],
                });
            },
        );

        test('that has no rules says so, and that nothing filters it', async () => {
            const dom0 = await fakeDom0({
                rules: { work: rules.work },
                agents: filter(),
            });
            await dom0.cli('update');
            expect((await dom0.cli('show', 'banking')).out).toBe(
                [
                    'sys-filter: up to date since 2026-11-24 12:00 (agent 0.1.0, tinyproxy 1.11.1)',
                    'not served:',
                    '    banking: it has no rules, so no proxy answers it',
                    '        to let it reach a host: qvm-filterproxy allow banking HOST',
                    'not filtered by any proxy, and not locked: banking',
                    '    to let nothing out: qvm-filterproxy lock banking',
                    '',
                ].join('\n'),
            );
            const json = await dom0.cli('show', 'banking', '--json');
            expect(JSON.parse(json.out)).toMatchObject({
                proxyvms: [{ proxyvm: 'sys-filter', clients: [] }],
                unserved: [{ qube: 'banking', state: 'no-rules', rules: [] }],
            });
        });

        test('that has no rules but a lock says that it reaches nothing', async () => {
            const dom0 = await fakeDom0({ agents: filter() });
            await dom0.cli('lock', 'banking');
            const { out } = await dom0.cli('show', 'banking');
            expect(out).toMatch(
                /\nbanking is locked, so it reaches nothing at all\n.*unlock banking\n$/,
            );
            expect(out).not.toContain('not filtered');
        });

        test('that is served though it has no rules any more, says that', async () => {
            const dom0 = await fakeDom0({
                rules: { work: rules.work, banking: rules.banking },
                agents: filter(),
            });
            await dom0.cli('update');
            await writeFile(dom0.config('qubes/banking.rules'), '');
            const { out } = await dom0.cli('show', 'banking');
            expect(out).toContain(
                '    banking: served from before, until the next update\n',
            );
            expect(out).not.toMatch(/not served:|not filtered|work/);
        });

        test('that is a disposable template shows its disposables', async () => {
            const dom0 = await fakeDom0({
                qubes: exampleWith(disposable),
                rules: { 'work-dvm': '^a\\.test$\n', work: rules.work },
                agents: filter(),
            });
            await dom0.cli('update');
            const { out } = await dom0.cli('show', 'work-dvm');
            expect(out).toMatch(/\n {4}disp12: served, 1 rule/);
            expect(out).not.toContain('work:');
        });
    });

    test('names running clients of a halted netvm, and so does update', async () => {
        const qubes = exampleWith({ name: 'sys-filter', xid: -1 });
        const dom0 = await fakeDom0({ qubes, rules: { work: rules.work } });
        const said =
            'work: its netvm sys-filter is halted; it is served once that runs\n';
        expect(await dom0.cli('update')).toEqual({
            exitCode: 1,
            out: '',
            err: said,
        });
        expect((await dom0.cli('update', 'sys-filter')).err).toBe(said);
        const shown = ['show', 'sys-filter'];
        expect((await dom0.cli(...shown)).out).toContain('    work: its netvm');
        expect((await dom0.cli('show')).out).toContain('    work: its netvm');
    });

    test('names a disposable template’s disposables', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith(disposable),
            rules: { 'work-dvm': '^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const { out } = await dom0.cli('show');
        expect(out).toContain(
            '\nwork-dvm: its rules are for its disposables: disp12\n',
        );
        expect(out).not.toContain('not served:');
    });

    test('names files that are no qube’s, and so does update', async () => {
        const dom0 = await fakeDom0({ rules: { old: '^a$\n' } });
        await writeFile(dom0.config('qubes/work'), '');
        for (const command of ['show', 'update']) {
            expect(await dom0.cli(command)).toMatchObject({
                exitCode: 0,
                err: "/etc/qubes/filterproxy/qubes/work: not in force: its name does not end in .rules\n/etc/qubes/filterproxy/qubes/old.rules: not in force: there is no qube 'old'\n",
            });
        }
    });

    test('names a locked qube that has no rules any more', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '# none\n' },
        });
        await dom0.cli('lock', 'work');
        expect((await dom0.cli('show')).out).toBe(
            'work is locked, so it reaches nothing at all\n    to let it out again: qvm-filterproxy unlock work\n',
        );
    });

    test('prints at most some rules of a qube', async () => {
        const many = Array.from({ length: 25 }, (_, i) => `^h${i}\\.test$\n`);
        const dom0 = await fakeDom0({
            rules: { work: many.join('') },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const { out } = await dom0.cli('show');
        expect(out).toContain('and 15 more: qvm-filterproxy list work\n');
    });

    test('says that no qube has rules, and how to begin', async () => {
        const dom0 = await fakeDom0();
        expect((await dom0.cli('show')).out).toBe(noRules);
    });

    test('with --json prints an object for programs', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work, vault: rules.vault },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        const { out } = await dom0.cli('show', '--json');
        expect(JSON.parse(out)).toMatchObject({
            version: 1,
            command: 'show',
            proxyvms: [
                {
                    proxyvm: 'sys-filter',
                    ok: true,
                    clients: [
                        {
                            qube: 'work',
                            state: 'in-force',
                            wayAround: { kind: 'everything', locked: false },
                        },
                    ],
                    leftovers: [],
                },
            ],
            unserved: [{ qube: 'vault', state: 'no-netvm' }],
        });
    });
});

describe('update', () => {
    test('does not fail for a qube without netvm', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work, vault: rules.vault },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const result = await dom0.cli('update');
        expect(result.exitCode).toBe(0);
        expect(result.err).toContain('vault: it has no netvm');
    });

    test('tells every ProxyVM that it concerns, and records whose rules they are', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({
            rules: { work: rules.work, banking: rules.banking },
            agents: { 'sys-filter': filter.agent },
        });
        expect(await dom0.cli('update')).toEqual({
            exitCode: 0,
            out: 'sys-filter: in force\n',
            err: '',
        });
        const { files } = await dom0.deps.rules.readAll();
        expect([...files.values()].map(({ owner }) => owner !== null)).toEqual([
            true,
            true,
        ]);
    });

    test('has nothing to do without rules', async () => {
        const dom0 = await fakeDom0();
        expect(await dom0.cli('update')).toEqual({
            exitCode: 0,
            out: 'nothing to do: no running qube has rules\n',
            err: '',
        });
    });

    test('leaves in force what a spoilt file had, and updates the others', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({
            rules: { work: rules.work, banking: rules.banking },
            agents: { 'sys-filter': filter.agent },
        });
        await dom0.cli('update');
        const { writeFile } = dom0.deps.rules;
        await writeFile('qubes/work.rules', '(\n');
        await writeFile('qubes/banking.rules', '^new\\.test$\n');
        const result = await dom0.cli('update');
        expect(result.out).toBe(
            'sys-filter: in force; 2 open connections of banking were ended\n',
        );
        expect(result.err).toMatch(
            /^\/etc\/qubes\/filterproxy\/qubes\/work\.rules:1: /,
        );
        expect(result.err).toContain(
            [
                'work: its rule file has an error, so what was in force before still is',
                '    to see it: qvm-filterproxy lint work',
                '    to close it now: qvm-filterproxy stop work',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
        const clients = filter.applied.at(-1)?.clients ?? [];
        expect(
            clients.map(({ name, filter }) => [name, filter === null]),
        ).toEqual([
            ['banking', false],
            ['work', true],
        ]);
    });

    test.each([
        ['proxies/sys-filter.conf', '!timeoutt 5\n'],
        ['tags/red.rules', '(\n'],
    ])('says that an error is in %s, and how to see it', async (file, text) => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work },
            tags: { red: ['work'] },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await writeFile(dom0.config(file), text);
        for (const args of [['update'], ['allow', 'work', 'new.test']]) {
            const { err } = await dom0.cli(...args);
            expect(err).toContain(
                `/etc/qubes/filterproxy/${file} has an error`,
            );
            expect(err).toContain('    to see it: qvm-filterproxy lint work\n');
        }
    });

    test.each<[string, () => ReturnType<typeof outcome>]>([
        ['hangs', () => outcome({ exitCode: null, timedOut: true })],
        ['never ends', () => outcome({ exitCode: null, tooLong: true })],
        ['lies', () => outcome({ stdout: '{"version":9,"\x1b[2J":1}' })],
        ['dies', () => outcome({ exitCode: 255 })],
    ])('serves the others when one ProxyVM %s', async (_, agent) => {
        const good = obedientAgent();
        const dom0 = await fakeDom0({
            qubes: exampleWith({ name: 'banking', netvm: 'sys-filter2' }),
            rules: { work: rules.work, banking: rules.banking },
            agents: { 'sys-filter': agent, 'sys-filter2': good.agent },
        });
        const result = await dom0.cli('update');
        expect(result.out).toBe('sys-filter2: in force\n');
        expect(result.err).toMatch(/^work: sys-filter could not be told: /);
        expect(result.err).toMatch(/^[ -~\n]*$/);
        expect(result.exitCode).toBe(1);
        expect(good.applied.length).toBe(1);
    });

    test('of a halted ProxyVM by name fails, without starting it', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith({ name: 'sys-filter', xid: -1 }),
            rules: { work: rules.work },
        });
        const result = await dom0.cli('update', 'sys-filter');
        expect(result.err).toContain(
            'its netvm sys-filter is halted; it is served once that runs\n',
        );
        expect(result.exitCode).toBe(1);
        expect(dom0.commands.join('\n')).not.toContain('qrexec-client');
    });

    test('numbers its documents upwards', async () => {
        const filter = obedientAgent();
        const dom0 = await fakeDom0({
            rules: { work: rules.work },
            agents: { 'sys-filter': filter.agent },
        });
        await dom0.cli('update');
        await dom0.cli('update');
        const [first, second] = filter.applied.map(({ issued }) => issued);
        expect(second?.counter).toBeGreaterThan(first?.counter ?? 0);
        expect(second?.boot).toBe('c295b21f-d8e0-4c9d-94f7-ac61ab9c9aa5');
    });

    test('does not call in force what the agent does not serve', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work },
            agents: { 'sys-filter': closingAgent('no  such     vif\x1b[2J') },
        });
        const result = await dom0.cli('update');
        expect(result.out).toBe(
            'sys-filter: told, but it does not serve all as told\n',
        );
        expect(result.err).toContain(
            'work: sys-filter does not serve it: "no such vif_[2J"\n',
        );
        expect(result.exitCode).toBe(1);
    });

    test('with --verbose says what was done', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        expect((await dom0.cli('update', '-v')).out).toBe(
            'sys-filter: in force\n    serve work\n',
        );
    });
});

describe('show says of each ProxyVM', () => {
    const served = { work: rules.work };

    /** The lines on sys-filter, down to its clients. */
    async function head(dom0: FakeDom0): Promise<string[]> {
        const lines = (await dom0.cli('show')).out.split('\n');
        return lines.slice(
            0,
            lines.findIndex((each) => /^ {4}work/.test(each)),
        );
    }

    const versions = '(agent 0.1.0, tinyproxy 1.11.1)';
    const hint =
        '    to bring it up to date: qvm-filterproxy update sys-filter';

    test('that nobody is known to be served now, as a client has restarted', async () => {
        const dom0 = await fakeDom0({
            rules: { ...served, banking: rules.banking },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        dom0.qubes = exampleWith({ name: 'banking', xid: 60 });
        const { out } = await dom0.cli('show');
        expect(out).toMatch(/\n {4}banking: served when it was last told, 1 /);
        expect(out).toMatch(/\n {4}work: served when it was last told, 2 /);
        expect(out.split(hint).length).toBe(2);
        const json = JSON.parse((await dom0.cli('show', '--json')).out);
        expect(json.proxyvms[0].clients[0]).toMatchObject({
            qube: 'banking',
            message: 'served when it was last told, 1 rule',
        });
    });

    test('how to mend what it does not do, though it was told', async () => {
        let agent = obedientAgent().agent;
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': (...args) => agent(...args) },
        });
        await dom0.cli('update');
        agent = closingAgent('no room');
        const { out } = await dom0.cli('show');
        expect(out).toContain(
            `\n    work: not served, not locked\n    ${hint}\n`,
        );
        expect(out).toMatch(
            /^sys-filter: told at 2026-11-24 12:00, but it does not serve all as told \(/,
        );
        const { out: json } = await dom0.cli('show', '--json');
        expect(JSON.parse(json).proxyvms[0]).toMatchObject({
            upToDate: false,
        });
    });

    test('why a ProxyVM says that it does not serve it', async () => {
        const sysFilter = obedientAgent();
        let agent = sysFilter.agent;
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': (...args) => agent(...args) },
        });
        await dom0.cli('update');
        const document = JSON.stringify(sysFilter.applied.at(-1));
        agent = () => closingAgent('a rule is\u001b gone')('apply', document);
        expect((await dom0.cli('show')).out).toContain(
            `\n    work: not served: "a rule is_ gone", not locked\n    ${hint}\n`,
        );
    });

    test('that nothing was told yet', async () => {
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': obedientAgent().agent },
        });
        expect(await head(dom0)).toEqual([
            `sys-filter: not up to date ${versions}`,
            '    nothing was told since dom0 started',
            hint,
        ]);
    });

    test('since when it is up to date, and that something changed then', async () => {
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        expect(await head(dom0)).toEqual([
            `sys-filter: up to date since 2026-11-24 12:00 ${versions}`,
        ]);
        await writeFile(dom0.config('qubes/work.rules'), '^b\\.test$\n');
        expect(await head(dom0)).toEqual([
            `sys-filter: not up to date ${versions}`,
            '    something has changed since 2026-11-24 12:00',
            hint,
        ]);
    });

    test('that it started anew, so that nothing of before is left', async () => {
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        dom0.qubes = exampleWith({ name: 'sys-filter', xid: 40 });
        expect((await head(dom0))[0]).toBe(
            `sys-filter: not up to date ${versions}`,
        );
    });

    test('why it is not, and when the daemon tries again', async () => {
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': closingAgent('no room') },
        });
        await dom0.cli('update');
        dom0.daemon = {
            pid: 1,
            isListening: true,
            pending: [
                {
                    proxyvm: 'sys-filter' as QubeName,
                    because: ['domain-start of work'],
                    failures: 3,
                    nextTry: '2026-11-24T12:05:00.000Z',
                },
            ],
        };
        expect(await head(dom0)).toEqual([
            `sys-filter: not up to date ${versions}`,
            '    at 2026-11-24 12:00: work is not served as told: "no room"',
            '    tried 3 times, again at 2026-11-24 12:05',
            hint,
        ]);
        const json = JSON.parse((await dom0.cli('show', '--json')).out);
        expect(json.proxyvms[0]).toMatchObject({
            upToDate: false,
            lastTold: '2026-11-24T12:00:00.000Z',
            problem: 'work is not served as told: "no room"',
            pending: { failures: 3, nextTry: '2026-11-24T12:05:00.000Z' },
        });
    });

    test('what the daemon is doing about it', async () => {
        const dom0 = await fakeDom0({
            rules: served,
            agents: { 'sys-filter': obedientAgent().agent },
        });
        dom0.daemon = {
            pid: 1,
            isListening: true,
            pending: [
                {
                    proxyvm: 'sys-filter' as QubeName,
                    because: ['domain-start of work', 'a changed file'],
                    failures: 0,
                    nextTry: null,
                },
            ],
        };
        expect(await head(dom0)).toEqual([
            `sys-filter: being brought up to date ${versions}`,
            '    nothing was told since dom0 started',
            '    because of domain-start of work, a changed file',
        ]);
    });
});

describe('show says of the daemon', () => {
    test('how to start it, when it does not run', async () => {
        const dom0 = await fakeDom0({ rules });
        dom0.daemon = null;
        expect((await dom0.cli('show')).out).toContain(
            'qubes-filterproxyd does not run: when a qube starts, stops or moves, nothing follows\n' +
                '    to start it: sudo systemctl enable --now qubes-filterproxyd\n',
        );
        expect(
            JSON.parse((await dom0.cli('show', '--json')).out),
        ).toMatchObject({ daemon: { running: false, listening: false } });
    });

    test.each([
        [
            'masked',
            'qubes-filterproxyd does not run, it is masked: when a qube starts, stops or moves, nothing follows\n' +
                '    to start it: sudo systemctl unmask qubes-filterproxyd && sudo systemctl enable --now qubes-filterproxyd\n',
        ],
        [
            'suspended',
            'qubes-filterproxyd is suspended by a signal: when a qube starts, stops or moves, nothing follows\n' +
                '    to restart it: sudo systemctl restart qubes-filterproxyd\n',
        ],
    ] as const)(
        'what it takes to start it, when it is %s',
        async (how, said) => {
            const dom0 = await fakeDom0({ rules });
            dom0.daemon = how;
            expect((await dom0.cli('show')).out).toContain(said);
            const json = JSON.parse((await dom0.cli('show', '--json')).out);
            expect(json).toMatchObject({
                daemon: { running: false, listening: false },
            });
        },
    );

    test('that qubesd does not speak to it', async () => {
        const dom0 = await fakeDom0({ rules });
        dom0.daemon = { pid: 1, isListening: false, pending: [] };
        expect((await dom0.cli('show')).out).toContain(
            'qubes-filterproxyd hears nothing from qubesd, and tries again\n',
        );
    });

    test('nothing while all is well, or nobody has rules', async () => {
        const dom0 = await fakeDom0({ rules });
        expect((await dom0.cli('show')).out).not.toContain('filterproxyd');
        const empty = await fakeDom0();
        empty.daemon = null;
        expect((await empty.cli('show')).out).toBe(noRules);
    });
});

/** What the agent says of a proxy that it kept when a rule was added. */
function withOneRule(answer: CommandOutcome): CommandOutcome {
    const said = answer.stdout.toString();
    const stdout = Buffer.from(said.replace(/"rules":\d+/, '"rules":1'));
    return { ...answer, stdout };
}
