// `learn`, and how other commands tell of it.
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { plainNameLine } from '../../shared/pattern/index.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith } from './fake-qubes.ts';
import { tellingAgent } from './fake-requests.ts';

const noon = Date.UTC(2026, 10, 24, 12);
const line =
    'learns until 2026-11-24 12:30 (30 min): every host is let through';

async function dom0With(options: FakeDom0Options = {}) {
    const sysFilter = obedientAgent();
    const dom0 = await fakeDom0({
        agents: { 'sys-filter': sysFilter.agent },
        qubes: exampleWith({ name: 'work', xid: 12 }, disposable),
        rules: { work: '^kept\\.test$\n' },
        ...options,
    });
    const clock = { ms: 0, setBy: 0, boot: 'c295b21f' };
    Object.assign(dom0.deps, {
        now: () => new Date(noon + clock.ms + clock.setBy),
        monotonicMs: () => 7_000_000 + clock.ms,
        issue: async () => ({
            boot: `${clock.boot}-d8e0-4c9d-94f7-ac61ab9c9aa5`,
            counter: 1,
        }),
    });
    return {
        dom0,
        clock,
        /** What the agent was told last of a qube. */
        told: (name = 'work') =>
            sysFilter.applied
                .at(-1)
                ?.clients.find((client) => client.name === name),
    };
}

function isOpen(
    client: ReturnType<Awaited<ReturnType<typeof dom0With>>['told']>,
) {
    return client?.filter?.lines.includes(plainNameLine) ?? false;
}

describe('learn', () => {
    test('says what is open until when, and what holds then', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('update');
        const { exitCode, out, err } = await dom0.cli(
            'learn',
            'work',
            '--for',
            '30m',
        );
        expect([exitCode, err]).toEqual([0, '']);
        expect(out).toBe(
            [
                `work: ${line}`,
                '    Ports and private addresses stay as they are; what it asks for is recorded.',
                '    Then only 1 rule holds again, and all that is open through its proxy ends.',
                '    to end it now: qvm-filterproxy learn work --stop',
                '    to see what it asked for: qvm-filterproxy suggest work',
                'sys-filter: in force',
                'work can still go around the proxy, its Qubes firewall lets everything out',
                '    to change that: qvm-filterproxy lock work',
                '',
            ].join('\n'),
        );
        expect(isOpen(told())).toBe(true);
        expect(told()?.filter?.record).toBe('all');
        expect(told()?.deadlines).toMatchObject([
            { seconds: 1800, filter: { rules: 1, record: 'refused' } },
        ]);
    });

    test('serves a qube without rules, which is closed then', async () => {
        const { dom0, told, clock } = await dom0With({ rules: {} });
        const { out } = await dom0.cli('learn', 'work', '--for', '30m');
        expect(out).toMatch('Then no rule lets anything through');
        expect(isOpen(told())).toBe(true);
        expect(told()?.deadlines).toEqual([{ seconds: 1800, filter: null }]);
        clock.ms = 1_800_000;
        await dom0.cli('update');
        expect(told()).toBeUndefined();
    });

    test('ends by itself, whoever looks', async () => {
        const { dom0, told, clock } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        clock.ms = 1_799_000;
        await dom0.cli('update');
        expect(told()?.deadlines[0]?.seconds).toBe(1);
        clock.ms = 1_800_000;
        await dom0.cli('update');
        expect(isOpen(told())).toBe(false);
        expect(told()?.deadlines).toEqual([]);
    });

    test('lasts no longer when the clock is set back', async () => {
        const { dom0, told, clock } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        clock.setBy = -3_600_000;
        clock.ms = 600_000;
        await dom0.cli('update');
        expect(told()?.deadlines[0]?.seconds).toBe(1200);
        clock.ms = 1_800_000;
        await dom0.cli('update');
        expect(isOpen(told())).toBe(false);
    });

    test('never comes back once it was seen to end', async () => {
        const { dom0, told, clock } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        clock.setBy = 3_600_000;
        await dom0.cli('update');
        expect(isOpen(told())).toBe(false);
        clock.setBy = 0;
        await dom0.cli('update');
        expect(isOpen(told())).toBe(false);
        const again = await dom0.cli('learn', 'work', '--for', '20m');
        expect(again.exitCode).toBe(1);
        expect(again.err).toMatch('has passed already');
    });

    test('does not outlive a boot of dom0', async () => {
        const { dom0, told, clock } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        clock.boot = '00000000';
        await dom0.cli('update');
        expect(isOpen(told())).toBe(false);
    });

    test('a second time sets the time anew', async () => {
        const { dom0, told, clock } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        clock.ms = 600_000;
        const { out } = await dom0.cli('learn', 'work', '--for', '5m');
        expect(out).toMatch('work: learns until 2026-11-24 12:15 (5 min)');
        expect(out).toMatch('instead of until 2026-11-24 12:30 (20 min)');
        expect(told()?.deadlines[0]?.seconds).toBe(300);
    });

    test('--stop ends it', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const { exitCode, out } = await dom0.cli('learn', 'work', '--stop');
        expect(exitCode).toBe(0);
        expect(out).toMatch(/^work: learns no more\n/);
        expect(out).toMatch('2 open connections of work were ended');
        expect(isOpen(told())).toBe(false);
        expect((await dom0.cli('learn', 'work', '--stop')).out).toMatch(
            /^work: did not learn\n/,
        );
    });

    test('--stop is noted while the rules have an error, and says what is open', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        await writeFile(dom0.config('qubes/work.rules'), '(\n');
        const shown = await dom0.cli('show');
        expect(shown.out).toContain(`        ${line}\n`);
        const stopped = await dom0.cli('learn', 'work', '--stop');
        expect(stopped.exitCode).toBe(1);
        expect(stopped.out).toMatch(/^work: noted as learning no more\n/);
        expect(stopped.err).toBe(
            [
                'work: its rule file has an error, so what was in force before still is',
                '    to see it: qvm-filterproxy lint work',
                '    to close it now: qvm-filterproxy stop work',
                'work: until then every host may be let through',
                '',
            ].join('\n'),
        );
        await writeFile(dom0.config('qubes/work.rules'), '^kept\\.test$\n');
        await dom0.cli('update');
        expect(told()?.filter).not.toBeNull();
        expect(isOpen(told())).toBe(false);
    });

    test('--dry-run tells and changes nothing', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('update');
        const { out } = await dom0.cli(
            'learn',
            'work',
            '--for',
            '30m',
            '--dry-run',
        );
        expect(out).toMatch('work: would learn until 2026-11-24 12:30');
        expect(out).toMatch('sys-filter would:');
        expect(isOpen(told())).toBe(false);
        await expect(readFile(dom0.config('learning.json'))).rejects.toThrow();
    });

    test('keeps ports, private addresses and upstreams', async () => {
        const settings =
            '!connect-port 443 8443\n!upstream http 10.20.0.8:3128\n!upstream none .corp.test\n!lan 10.1.0.0/16 443\n';
        const { dom0, told } = await dom0With({
            rules: { work: `${settings}^kept\\.test$\n` },
        });
        await dom0.cli('update');
        const before = told()?.filter;
        const { exitCode, err } = await dom0.cli(
            'learn',
            'work',
            '--for',
            '30m',
        );
        expect([exitCode, err]).toEqual([0, '']);
        const { lines: _, record: __, ...kept } = told()?.filter ?? {};
        expect(before).toMatchObject(kept);
    });

    test('lets a rule be added meanwhile without ending it', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const { out } = await dom0.cli('allow', 'work', 'new.test');
        expect(out).not.toMatch('ended');
        expect(isOpen(told())).toBe(true);
        expect(told()?.deadlines).toMatchObject([{ filter: { rules: 2 } }]);
    });

    test.each([
        ['stop', ['work'], ['work']],
        ['kill-all', [], ['--all']],
    ])('is ended for good by %s', async (command, args, all) => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const trial = await dom0.cli(command, ...args, '--dry-run');
        expect(trial.out).toMatch(/^work: would learn no more$/m);
        const { out } = await dom0.cli(command, ...args);
        expect(out).toMatch(/^work: learns no more$/m);
        expect(told()).toBeUndefined();
        const started = await dom0.cli('start', ...all);
        expect(started.out).not.toMatch('learns');
        expect(isOpen(told())).toBe(false);
        expect(told()?.filter).not.toBeNull();
    });

    test('is ended for good by a block list', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const change = ['default', 'work', 'allow', '--clear'];
        const trial = await dom0.cli(...change, '--dry-run');
        expect(trial.out).toMatch(/^work: would learn no more$/m);
        const { out } = await dom0.cli(...change);
        expect(out).toMatch(/^work: learns no more$/m);
        const back = await dom0.cli('default', 'work', 'deny');
        expect(back.out).not.toMatch('learns');
        expect(isOpen(told())).toBe(false);
    });

    test('goes on if a block list is refused', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        expect((await dom0.cli('default', 'work', 'allow')).exitCode).toBe(1);
        await dom0.cli('update');
        expect(isOpen(told())).toBe(true);
    });

    test('is for that qube alone, not for others with its rules', async () => {
        const { dom0, told } = await dom0With({
            rules: { 'work-dvm': '^d\\.test$\n' },
        });
        await dom0.cli('learn', 'disp12', '--for', '30m');
        expect(isOpen(told('disp12'))).toBe(true);
        expect(told('disp12')?.deadlines).toMatchObject([
            { filter: { rules: 1 } },
        ]);
    });

    test.each([
        [['work'], 2, /say for how long: --for 30m/],
        [
            ['work', '--for', '30m', '--stop'],
            2,
            /--stop: not allowed with --for/,
        ],
        [['work', '--for', '59s'], 2, /no time from 1m to 1d/],
        [['work', '--for', '25h'], 2, /no time from 1m to 1d/],
        [['work', '--for', '30'], 2, /no time from 1m to 1d/],
        [['work', '--for', '-1m'], 2, /no time from 1m to 1d/],
        [['nobody', '--for', '30m'], 2, /nobody/],
        [['fedora-41', '--for', '30m'], 1, /is a template/],
        [['work-dvm', '--for', '30m'], 1, /its disposables learn by their own/],
    ])('refuses %j', async (args, code, message) => {
        const { dom0 } = await dom0With();
        const { exitCode, err } = await dom0.cli('learn', ...args);
        expect([exitCode, err]).toEqual([code, expect.stringMatching(message)]);
        await expect(readFile(dom0.config('learning.json'))).rejects.toThrow();
    });

    test.each([
        ['an error in its rules', '(\n', /mend this first/],
        ['a block list', '!default allow\n', /has a block list/],
    ])('refuses a qube with %s', async (_, text, message) => {
        const { dom0 } = await dom0With({ rules: { work: text } });
        const { exitCode, err } = await dom0.cli(
            'learn',
            'work',
            '--for',
            '30m',
        );
        expect([exitCode, err]).toEqual([1, expect.stringMatching(message)]);
    });

    test('refuses a stopped qube', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('stop', 'work');
        const { exitCode, err } = await dom0.cli(
            'learn',
            'work',
            '--for',
            '30m',
        );
        expect(exitCode).toBe(1);
        expect(err).toMatch('to start it: qvm-filterproxy start work');
    });

    test('leaves what is in force when an error comes into the rules', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        await writeFile(dom0.config('qubes/work.rules'), '(\n');
        await dom0.cli('update');
        expect(told()).toMatchObject({ filter: null, deadlines: [] });
    });
});

describe('while a qube learns', () => {
    test.each([
        ['show', [], `        ${line}\n`],
        ['list', ['work'], `work: 1 rule, ${line}\n`],
        ['list', [], `work: 1 rule, ${line}\n`],
        [
            'check',
            ['work', 'other.test'],
            'work: other.test is allowed while it learns, no rule matches it\n',
        ],
        ['check', ['work', 'other.test'], `work ${line}\n`],
        ['check', ['work', 'kept.test'], 'kept.test is allowed by rule 1'],
    ])('%s %j says so', async (command, args, text) => {
        const { dom0 } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const { out } = await dom0.cli(command, ...args);
        expect(out).toContain(text);
    });

    test.each([
        ['allow', ['work', 'new.test']],
        ['remove', ['work', '1']],
        ['default', ['work', 'deny']],
        ['undo', ['work']],
        ['restart', ['work']],
        ['start', ['work']],
        ['update', []],
    ])('%s says so behind what it did', async (command, args) => {
        const { dom0 } = await dom0With();
        await dom0.cli('allow', 'work', 'other.test');
        await dom0.cli('learn', 'work', '--for', '30m');
        const { out } = await dom0.cli(command, ...args);
        expect(out).toContain(
            `\nwork ${line}\n    to end that: qvm-filterproxy learn work --stop\n`,
        );
    });

    test.each([
        ['remove', ['work', '1']],
        ['default', ['work', 'deny']],
        ['restart', ['work']],
        ['lock', ['work']],
    ])('%s tells programs', async (command, args) => {
        const { dom0 } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const { out } = await dom0.cli(command, ...args, '--json');
        expect(JSON.parse(out).qubes).toMatchObject([
            { qube: 'work', learning: { by: 'user' } },
        ]);
    });

    test('lock says so', async () => {
        const { dom0 } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        const { out } = await dom0.cli('lock', 'work');
        expect(out).toContain(`    ${line}\n`);
    });

    test.each([
        ['show', []],
        ['list', ['work']],
        ['check', ['work', 'other.test']],
        ['blocked', ['work']],
        ['remove', ['work', '1']],
    ])(
        '%s says what would be let through when no proxy runs',
        async (command, args) => {
            const { dom0 } = await dom0With();
            await dom0.cli('learn', 'work', '--for', '30m');
            dom0.qubes = exampleWith({ name: 'work', xid: -1 }, disposable);
            const { out } = await dom0.cli(command, ...args);
            expect(out).toContain('every host would be let through\n');
            expect(out).not.toContain('every host is let through');
        },
    );

    test('blocked says so, and what would be refused without', async () => {
        const entries = [{ host: 'refused.test' }, { host: 'kept.test' }];
        const { dom0 } = await dom0With({
            agents: { 'sys-filter': tellingAgent([{ name: 'work', entries }]) },
        });
        await dom0.cli('learn', 'work', '--for', '30m');
        const { out } = await dom0.cli('blocked', 'work');
        expect(out).toContain(`work: 2 hosts refused\n    ${line}\n`);
        expect(out).toMatch(/kept\.test {2}allowed now\n/);
        expect(out).toMatch(/refused\.test\n/);
        const { out: json } = await dom0.cli('blocked', 'work', '--json');
        expect(JSON.parse(json).qubes).toMatchObject([
            { learning: { by: 'user' } },
        ]);
    });

    test('list names one without rules, too', async () => {
        const { dom0 } = await dom0With({ rules: {} });
        await dom0.cli('learn', 'work', '--for', '30m');
        expect((await dom0.cli('list')).out).toContain(
            `work: no rules, ${line}\n`,
        );
    });

    test('programs are told', async () => {
        const { dom0 } = await dom0With();
        const learnt = await dom0.cli(
            'learn',
            'work',
            '--for',
            '30m',
            '--json',
        );
        const learning = {
            since: '2026-11-24T12:00:00Z',
            by: 'user',
            until: '2026-11-24T12:30:00Z',
        };
        expect(JSON.parse(learnt.out)).toMatchObject({
            command: 'learn',
            qube: 'work',
            learning,
        });
        const shown = JSON.parse((await dom0.cli('show', '--json')).out);
        expect(shown.proxyvms[0].clients[0]).toMatchObject({
            qube: 'work',
            learning,
        });
        const listed = JSON.parse(
            (await dom0.cli('list', 'work', '--json')).out,
        );
        expect(listed.qubes[0]).toMatchObject({ learning });
        const checked = JSON.parse(
            (await dom0.cli('check', 'work', 'b.test', '--json')).out,
        );
        expect(checked).toMatchObject({
            learning,
            hosts: [{ learning: true, allowed: true }],
        });
    });

    test('a file of who learns that cannot be read opens nothing', async () => {
        const { dom0, told } = await dom0With();
        await dom0.cli('learn', 'work', '--for', '30m');
        await writeFile(dom0.config('learning.json'), '{');
        const { err } = await dom0.cli('update');
        expect(err).toMatch(
            /learning\.json: .*to have none learn: rm \/etc\/qubes\/filterproxy\/learning\.json$/m,
        );
        expect(isOpen(told())).toBe(false);
        const again = await dom0.cli('learn', 'work', '--for', '30m');
        expect(again.err).toMatch(
            /learn: rm \/etc\/qubes\/filterproxy\/learning\.json$/m,
        );
        expect(again.exitCode).toBe(1);
    });
});
