import { describe, expect, test } from 'vitest';
import { closingAgent, noAgent, obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleWith } from './fake-qubes.ts';
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
                'sys-filter: agent 0.1.0, tinyproxy 1.11.1',
                '    banking: served, 1 rule',
                '        ^bank\\.test$',
                '    work: served, 2 rules',
                '        ^a\\.test$',
                '        ^b\\.test$',
                '        work can still go around the proxy, its Qubes firewall lets everything out',
                '        to change that: qvm-filterproxy lock work',
                'sys-firewall has no filter proxy agent',
                '    to filter in sys-firewall: install the package qubes-filterproxy in fedora-41, shut fedora-41 down and restart sys-firewall',
                '    personal: no proxy answers it',
                '        ^p\\.test$',
                '        personal can still go around the proxy, its Qubes firewall lets everything out',
                '        to change that: qvm-filterproxy lock personal',
                'not served:',
                '    vault: it has no netvm, so it reaches nothing at all',
                '        to give it one: qvm-prefs vault netvm NETVM',
                '',
            ].join('\n'),
        );
        expect(result.exitCode).toBe(1);
    });

    test('says what a ProxyVM has not been told yet', async () => {
        const dom0 = await fakeDom0({
            rules: { work: rules.work },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        expect((await dom0.cli('show')).out).toContain(
            '    work: not served yet\n        to bring it up to date: qvm-filterproxy update sys-filter\n',
        );
        await dom0.cli('update');
        await dom0.deps.rules.write(
            [...(await dom0.deps.rules.readAll()).files.keys()][0] ??
                expect.fail(),
            '^a\\.test$\n',
        );
        expect((await dom0.cli('show')).out).toContain(
            'work: served, but with 2 instead of 1 rule\n',
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
            '    banking: still served, though it should not be\n',
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
                '    work: what is in force is not known',
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
            out: 'sys-filter2: agent 0.1.0, tinyproxy 1.11.1\n    serves nobody\n',
            err: '',
        });
    });

    test('of what is no ProxyVM says so', async () => {
        const dom0 = await fakeDom0();
        const result = await dom0.cli('show', 'work');
        expect(result.err).toContain('work provides no network to others');
        expect(result.exitCode).toBe(1);
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

    test('says that no qube has rules', async () => {
        const dom0 = await fakeDom0();
        expect((await dom0.cli('show')).out).toBe('no qube has rules\n');
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
                            wayAround: { kind: 'everything' },
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
        const [banking, work] = [
            ...(await dom0.deps.rules.readAll()).files.keys(),
        ];
        await dom0.deps.rules.write(work ?? expect.fail(), '(\n');
        await dom0.deps.rules.write(banking ?? expect.fail(), '^new\\.test$\n');
        const result = await dom0.cli('update');
        expect(result.out).toBe('sys-filter: in force\n');
        expect(result.err).toMatch(/^qubes\/work\.rules:1: /);
        expect(result.err).toContain(
            'work: its rule file has an error, so what was in force before still is\n',
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
        expect(result.err).toMatch(/^[ -~\n…]*$/);
        expect(result.exitCode).toBe(1);
        expect(good.applied.length).toBe(1);
    });

    test('of a halted ProxyVM by name fails, without starting it', async () => {
        const dom0 = await fakeDom0({
            qubes: exampleWith({ name: 'sys-filter', xid: -1 }),
            rules: { work: rules.work },
        });
        const result = await dom0.cli('update', 'sys-filter');
        expect(result.err).toContain('sys-filter is halted\n');
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
            agents: { 'sys-filter': closingAgent('no such vif\x1b[2J') },
        });
        const result = await dom0.cli('update');
        expect(result.out).toBe(
            'sys-filter: told, but it does not serve all\n',
        );
        expect(result.err).toContain(
            'work: sys-filter does not serve it: no such vif_[2J\n',
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
