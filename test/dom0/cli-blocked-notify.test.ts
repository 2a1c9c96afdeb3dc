// `blocked --notify`: what the desktop is told, and what its button does.
import { describe, expect, test } from 'vitest';
import { libnotify, type Notification } from '../../dom0/adapters/notify.ts';
import {
    findNews,
    Since,
    showNotice,
    showNotices,
} from '../../dom0/cli/commands/blocked-notify.ts';
import { RefusalNotices } from '../../dom0/core/requests/refusal-notices.ts';
import type {
    CommandOutcome,
    RunCommand,
} from '../../shared/io/run-command.ts';
import { err, ok } from '../../shared/result.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { exampleQubes } from './fake-qubes.ts';
import { type FakeClient, tellingAgent } from './fake-requests.ts';
import { outcome } from './outcome.ts';
import { nameOf } from './rules.ts';

/** A desktop on which that button is pressed on the first notification. */
async function desktop(clients: readonly FakeClient[], press: number | null) {
    const shown: Notification[] = [];
    const dom0 = await fakeDom0({
        rules: { work: '^allowed\\.test$\n', banking: '^b\\.test$\n' },
        agents: { 'sys-filter': tellingAgent(clients) },
        notify: async (notification) => {
            shown.push(notification);
            return ok(shown.length === 1 ? press : null);
        },
    });
    const news = () =>
        findNews(dom0.deps, notices, {
            qubes: [],
            since: new Date(dom0.deps.now().getTime() - 120_000),
        });
    await dom0.deps.told.write(nameOf('sys-filter'), [nameOf('work')]);
    const notices = new RefusalNotices();
    const failures: string[] = [];
    for (const notice of (await news()).notices) {
        const failure = await showNotice(dom0.deps, notice);
        failures.push(...(failure === null ? [] : [failure]));
    }
    return { dom0, shown, news, failures };
}

const one: FakeClient = { name: 'work', entries: [{ host: 'new.test' }] };

describe('a notice of a refused host', () => {
    test('is not looked for while no ProxyVM serves anybody', async () => {
        const { dom0, news } = await desktop([one], null);
        await dom0.deps.told.write(nameOf('sys-filter'), []);
        const before = dom0.commands.length;
        expect(await news()).toEqual({ notices: [], unheard: [] });
        expect(dom0.commands.slice(before)).toEqual([]);
    });

    test('has no button for a name that the desktop may cut short', async () => {
        const host = `github.com.${'x'.repeat(50)}.evil.test`;
        const long: FakeClient = { name: 'work', entries: [{ host }] };
        const { shown } = await desktop([long], null);
        expect(shown[0]?.actions).toEqual([]);
        expect(shown[0]?.body).toContain(`allow work ${host}`);
    });

    test('names qube, host and command, and has a button', async () => {
        const { shown } = await desktop([one], null);
        expect(shown).toEqual([
            {
                summary: 'work was refused new.test',
                body: 'To allow it: qvm-filterproxy allow work new.test',
                actions: ['Allow new.test'],
            },
        ]);
    });

    test('groups the hosts of a qube, with buttons for what a rule allows', async () => {
        const entries = [
            { host: 'a.test', lastAgo: 9 },
            { host: '10.0.0.1', outcome: 'destination' as const, lastAgo: 5 },
            {
                host: 'b.test',
                port: 8443,
                outcome: 'port' as const,
                lastAgo: 4,
            },
            { host: 'c.test', lastAgo: 3 },
            { host: 'allowed.test', lastAgo: 1 },
            { host: 'old.test', lastAgo: 7200, firstAgo: 7200 },
        ];
        const { shown } = await desktop([{ name: 'work', entries }], null);
        expect(shown).toEqual([
            {
                summary: 'work was refused 4 hosts',
                body: [
                    'To allow it: qvm-filterproxy allow work c.test',
                    'b.test:8443 (port not open)',
                    '10.0.0.1 (address not open)',
                    'and 1 more',
                    'All: qvm-filterproxy blocked work',
                ].join('\n'),
                actions: ['Allow c.test'],
            },
        ]);
    });

    test('allows the host of its button as `allow` does, and says what was stored', async () => {
        const entries = [
            { host: 'b.test', lastAgo: 5 },
            { host: 'a.test', lastAgo: 9 },
        ];
        const { dom0, shown } = await desktop([{ name: 'work', entries }], 1);
        expect(shown[0]?.actions).toEqual(['Allow b.test', 'Allow a.test']);
        expect(shown[1]?.summary).toBe('work: a.test allowed');
        expect(shown[1]?.body).toContain('work: ^a\\.test$ added');
        const { out } = await dom0.cli('list', 'work');
        expect(out).toContain('^a\\.test$');
        expect(out).not.toContain('b\\.test');
    });

    test('comes once, not at each look', async () => {
        const { shown, news } = await desktop([one], null);
        expect(shown).toHaveLength(1);
        expect(await news()).toEqual({ notices: [], unheard: [] });
    });

    test.each([4, 5, 30])('of %i qubes at once is no flood', async (count) => {
        const names = Array.from({ length: count }, (_, at) => `qube${at}`);
        const shown: Notification[] = [];
        const dom0 = await fakeDom0({
            qubes: [
                ...exampleQubes,
                ...names.map((name, at) => ({
                    name,
                    netvm: 'sys-filter',
                    ip: `10.137.1.${at + 1}`,
                    gateway: '10.137.0.8',
                    xid: 100 + at,
                })),
            ],
            rules: Object.fromEntries(names.map((name) => [name, 'b\\.test'])),
            agents: {
                'sys-filter': tellingAgent(
                    names.map((name) => ({
                        name,
                        entries: [{ host: 'new.test' }],
                    })),
                ),
            },
            notify: async (notification) => {
                shown.push(notification);
                return ok(null);
            },
        });
        const since = new Date(dom0.deps.now().getTime() - 120_000);
        const scope = { qubes: [], since };
        await dom0.deps.told.write(nameOf('sys-filter'), names.map(nameOf));
        const news = await findNews(dom0.deps, new RefusalNotices(), scope);
        expect(await Promise.all(showNotices(dom0.deps, news.notices))).toEqual(
            shown.map(() => null),
        );
        expect(shown).toHaveLength(4);
        const text = shown.map(({ summary, body }) => summary + body).join();
        expect(text).toContain(
            count === 4 ? 'was refused' : `${count - 3} more qubes`,
        );
    });

    test('says which ProxyVM told nothing, and asks it again', async () => {
        const { deps } = await fakeDom0({
            rules: { work: '^allowed\\.test$\n' },
            agents: { 'sys-filter': () => outcome({ exitCode: 127 }) },
        });
        await deps.told.write(nameOf('sys-filter'), [nameOf('work')]);
        const { notices, unheard } = await findNews(
            deps,
            new RefusalNotices(),
            { qubes: [], since: new Date(0) },
        );
        expect(notices).toEqual([]);
        expect(unheard.join('\n')).toMatch('sys-filter');
    });

    test('is of all since the last time that all were heard, but of nothing old', () => {
        const since = new Since(new Date(0));
        const minute = 60_000;
        since.asked(new Date(minute), false);
        expect(since.date).toEqual(new Date(0));
        since.asked(new Date(45 * minute), false);
        expect(since.date).toEqual(new Date(15 * minute));
        since.asked(new Date(46 * minute), true);
        expect(since.date).toEqual(new Date(46 * minute - 5000));
    });

    test('says why it could not be allowed', async () => {
        const { dom0 } = await desktop([], null);
        const shown: Notification[] = [];
        const host = {
            qube: 'nobody' as never,
            host: 'a.test',
            port: null,
            reason: 'filter',
            count: 1,
            first: new Date(0),
            last: new Date(0),
            remedy: { kind: 'rule', rule: {} as never },
        } as const;
        const notify = async (notification: Notification) => {
            shown.push(notification);
            return ok(0);
        };
        const notice = { qube: host.qube, hosts: [host], more: 0 };
        await showNotice({ ...dom0.deps, notify }, notice);
        expect(shown[1]?.summary).toBe('nobody: a.test not allowed');
        expect(shown[1]?.body).toContain('nobody');
    });

    test('is not about a qube that learns, or was refused nothing', async () => {
        const { shown } = await desktop([{ name: 'work' }], null);
        expect(shown).toEqual([]);
    });
});

describe('notify-send', () => {
    async function send(body: string, answer: Partial<CommandOutcome>) {
        const calls: string[][] = [];
        const run: RunCommand = async (file, args) => {
            calls.push([file, ...args]);
            return outcome(answer);
        };
        const actions = ['Allow a.test', 'Allow b.test'];
        const told = await libnotify(run)({ summary: '-x', body, actions });
        return { told, call: calls[0] ?? [] };
    }

    test('gets the body as text, and nothing that it takes for an option', async () => {
        const { call } = await send('<b>&amp;</b>\n-y', { exitCode: 0 });
        expect(call).toEqual([
            'notify-send',
            '--app-name=qvm-filterproxy',
            '--icon=dialog-warning',
            '--expire-time=20000',
            '--action=0=Allow a.test',
            '--action=1=Allow b.test',
            '--',
            '-x',
            '&lt;b&gt;&amp;amp;&lt;/b&gt;\n-y',
        ]);
    });

    test.each([
        ['0\n', 0],
        ['1\n', 1],
        ['', null],
        ['2\n', null],
        ['default\n', null],
        ['01\n', null],
    ])('that prints %j says that %j was pressed', async (text, place) => {
        const stdout = Buffer.from(text);
        const { told } = await send('', { exitCode: 0, stdout });
        expect(told).toEqual(ok(place));
    });

    test('that waits for too long pressed nothing', async () => {
        const { told } = await send('', { exitCode: null, timedOut: true });
        expect(told).toEqual(ok(null));
    });

    test('that fails says why, in one printable line', async () => {
        const stderr = Buffer.from('no \x1b[1mbus');
        const { told } = await send('', { exitCode: 1, stderr });
        expect(told.ok).toBe(false);
        expect(told).not.toEqual(err(expect.stringContaining('\x1b')));
        const missing = await send('', {
            exitCode: null,
            startError: 'ENOENT',
        });
        expect(missing.told).toEqual(err('notify-send: ENOENT'));
    });
});
