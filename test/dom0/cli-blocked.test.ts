// `blocked`: what qubes were refused, as the command line tells it.
import { describe, expect, test } from 'vitest';
import { noAgent } from './fake-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleWith, uuidOf } from './fake-qubes.ts';
import {
    type FakeClient,
    oldAnswer,
    requestsText,
    tellingAgent,
} from './fake-requests.ts';
import { outcome } from './outcome.ts';

const rules = { work: '^allowed\\.test$\n' };

/** What sys-filter tells. */
function dom0Told(
    clients: readonly FakeClient[] | string,
    options: FakeDom0Options = {},
    told: string[] = [],
) {
    return fakeDom0({
        rules,
        agents: { 'sys-filter': tellingAgent(clients, told) },
        ...options,
    });
}

/** What is not seen where only what is refused is recorded. */
const unseen = (qube: string) =>
    '    an https request to a port that is not open is not seen here: ' +
    `qvm-filterproxy check ${qube} URL\n`;

const day = 24 * 60 * 60;

const some: FakeClient = {
    name: 'work',
    entries: [
        { host: 'new.test', count: 12, firstAgo: 7200 },
        {
            host: 'old.test',
            port: 8443,
            outcome: 'port',
            firstAgo: day,
            lastAgo: day,
        },
        { host: 'seen.test', outcome: 'allowed' },
    ],
};

describe('blocked', () => {
    test('prints refused hosts in columns, the newest last', async () => {
        const dom0 = await dom0Told([some]);
        const { out, err, exitCode } = await dom0.cli('blocked', 'work');
        expect(out).toBe(
            [
                'work: 2 hosts refused',
                '    COUNT  FIRST             LAST              HOST',
                '        1  2026-11-23 12:00  2026-11-23 12:00  old.test:8443  port not open',
                '       12  2026-11-24 10:00  2026-11-24 11:59  new.test',
                '    to allow some: qvm-filterproxy blocked work --allow',
                '    to open a port: !connect-port or !http-port in: qvm-filterproxy edit work',
                '',
            ].join('\n'),
        );
        expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
    });

    test('keeps to 80 columns as long as a name lets it', async () => {
        const hosts = [1, 9, 17, 33].map((length) => 'x'.repeat(length));
        const outcomes = ['port', 'filter', 'destination'] as const;
        const entries = hosts.flatMap((host) =>
            outcomes.map((outcome) => ({
                host,
                outcome,
                count: 99_999,
                ...(outcome === 'port'
                    ? { host: host.slice(5), port: 8443 }
                    : {}),
            })),
        );
        const usable = entries.filter(({ host }) => host !== '');
        const dom0 = await dom0Told([{ name: 'work', entries: usable }]);
        const { out } = await dom0.cli('blocked', 'work');
        const lines = out.split('\n');
        expect(lines.length).toBeGreaterThan(usable.length);
        expect(lines.filter((line) => line.length > 80)).toEqual([]);
    });

    test('of all prints those with hosts, the one with the newest last', async () => {
        const dom0 = await dom0Told(
            [
                { name: 'work', entries: [{ host: 'a.test', lastAgo: 5 }] },
                { name: 'banking', entries: [{ host: 'b.test' }] },
            ],
            { rules: { ...rules, banking: '^c\\.test$\n', personal: 'd\n' } },
        );
        const { out } = await dom0.cli('blocked');
        const heads = out
            .split('\n')
            .filter((line) => line.includes('refused'));
        expect(heads).toEqual([
            'banking: 1 host refused',
            'work: 1 host refused',
        ]);
    });

    test('of a ProxyVM is of its clients that have rules', async () => {
        const dom0 = await dom0Told([some]);
        const { out, err, exitCode } = await dom0.cli('blocked', 'sys-filter');
        expect(out).toContain('work: 2 hosts refused\n');
        expect(out).not.toMatch(/^(sys-filter|banking)/m);
        expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
    });

    test('of a ProxyVM with rules of its own is of it, too', async () => {
        const dom0 = await dom0Told([some], {
            rules: { ...rules, 'sys-filter': '^a\\.test$\n' },
            agents: {
                'sys-filter': tellingAgent([some]),
                'sys-firewall': tellingAgent([{ name: 'sys-filter' }]),
            },
        });
        const { out } = await dom0.cli('blocked', 'sys-filter');
        expect(out).toMatch(/^sys-filter: nothing was refused\n.*^work: 2/ms);
    });

    test('says how many hosts were not kept', async () => {
        const dom0 = await dom0Told([{ ...some, unnamed: 312 }]);
        const { out } = await dom0.cli('blocked', 'work');
        expect(out).toContain('    and 312 more whose names were not kept\n');
    });

    test('marks what the rules allow by now', async () => {
        const entries = [{ host: 'allowed.test' }, { host: 'no.test' }];
        const dom0 = await dom0Told([{ name: 'work', entries }]);
        const { out } = await dom0.cli('blocked', 'work');
        expect(out).toMatch(/ allowed\.test {2}allowed now\n/);
        expect(out).toMatch(/ no\.test\n/);
        await dom0.cli('stop', 'work');
        const stopped = await dom0.cli('blocked', 'work');
        expect(stopped.out).not.toContain('allowed now');
    });

    test('knows what would open an address', async () => {
        const entries = [
            { host: '192.168.1.5', outcome: 'destination' as const },
            { host: '8.8.8.8', port: 81, outcome: 'destination' as const },
        ];
        const dom0 = await dom0Told([{ name: 'work', entries }]);
        const { out } = await dom0.cli('blocked', 'work');
        expect(out).toContain('192.168.1.5  address not open\n');
        expect(out).toContain('8.8.8.8:81  port not open\n');
        expect(out).toContain(
            'to open private addresses: !lan in: qvm-filterproxy edit work\n',
        );
    });

    test.each([
        ['', '/etc/qubes/filterproxy/proxies/sys-filter.conf'],
        ['!lan 10.1.0.0/16\n', 'qvm-filterproxy edit work'],
    ])(
        'says where another !lan replaces none: with %j in %s',
        async (own, where) => {
            const dom0 = await dom0Told(
                [
                    {
                        name: 'work',
                        entries: [
                            { host: '192.168.1.5', outcome: 'destination' },
                        ],
                    },
                ],
                {
                    rules: { work: `${rules.work}${own}` },
                    files: { 'proxies/sys-filter.conf': '!lan 10.0.0.0/8\n' },
                },
            );
            expect((await dom0.cli('blocked', 'work')).out).toContain(
                `to open private addresses: !lan in: ${where}\n`,
            );
        },
    );

    test('of a block list offers no rule', async () => {
        const dom0 = await dom0Told(
            [{ name: 'work', entries: [{ host: 'ads.test' }] }],
            { rules: { work: '!default allow\n(^|\\.)ads\\.test$\n' } },
        );
        const { out } = await dom0.cli('blocked', 'work');
        expect(out).not.toContain('--allow');
        expect(out).toContain('qvm-filterproxy check work HOST');
    });

    test('as JSON says it all', async () => {
        const dom0 = await dom0Told([{ ...some, unnamed: 2 }]);
        const { out } = await dom0.cli('blocked', 'work', '--json');
        expect(JSON.parse(out)).toEqual({
            version: 1,
            command: 'blocked',
            since: null,
            qubes: [
                {
                    qube: 'work',
                    learning: null,
                    why: null,
                    recording: 'refused',
                    hosts: [
                        {
                            host: 'old.test',
                            port: 8443,
                            reason: 'port',
                            count: 1,
                            first: '2026-11-23T12:00:00.000Z',
                            last: '2026-11-23T12:00:00.000Z',
                            allowedNow: false,
                            rule: null,
                            check: 'https://old.test:8443/',
                        },
                        {
                            host: 'new.test',
                            port: null,
                            reason: 'filter',
                            count: 12,
                            first: '2026-11-24T10:00:00.000Z',
                            last: '2026-11-24T11:59:00.000Z',
                            allowedNow: false,
                            rule: '^new\\.test$',
                            check: 'new.test',
                        },
                    ],
                    unnamed: 2,
                },
            ],
            proxyvms: [
                {
                    proxyvm: 'sys-filter',
                    ok: true,
                    strangers: [],
                    unknown: 0,
                    error: null,
                },
            ],
        });
    });
});

describe('blocked --since', () => {
    test.each([
        ['1h', 3600],
        ['+90', 90],
        ['2d', 2 * day],
        ['today', day / 2],
        ['2026-11-24T11:00', 3600],
        ['1795500000', day / 4],
    ])(
        '%s asks for what was that many seconds ago: %i',
        async (typed, seconds) => {
            const told: string[] = [];
            const dom0 = await dom0Told([some], {}, told);
            const { out } = await dom0.cli('blocked', 'work', '--since', typed);
            expect(told.map((each) => JSON.parse(each))).toEqual([
                { version: 1, sinceSeconds: seconds },
            ]);
            expect(out.includes('old.test')).toBe(seconds >= day);
        },
    );

    test('says since when nothing was refused', async () => {
        const dom0 = await dom0Told([some]);
        const { out } = await dom0.cli('blocked', 'work', '--since', '30s');
        const nothing = 'nothing was refused since 2026-11-24 11:59\n';
        expect(out).toBe(`work: ${nothing}${unseen('work')}`);
        const all = await dom0.cli('blocked', '--since', '30s');
        expect(all.out).toBe(nothing + unseen('QUBE'));
    });

    test.each([
        ['2026-12-24', 'is still to come'],
        ['5', 'for the last 5 seconds: --since 5s'],
        ['soon', "--since 'soon' is no time"],
        ['\u001b[2J', "--since '_[2J' is no time"],
    ])('refuses %j', async (typed, message) => {
        const dom0 = await dom0Told([some]);
        const result = await dom0.cli('blocked', 'work', '--since', typed);
        expect(result).toMatchObject({ exitCode: 2, out: '' });
        expect(result.err).toContain(message);
    });
});

describe('blocked has one plain line for', () => {
    const lineOf = async (
        qube: string,
        clients: readonly FakeClient[],
        options: FakeDom0Options = {},
    ) => {
        const dom0 = await dom0Told(clients, options);
        const { out, err, exitCode } = await dom0.cli('blocked', qube);
        return { out: out + err, exitCode };
    };

    test('a qube without rules', async () => {
        expect(await lineOf('banking', [])).toEqual({
            out: 'banking: it has no rules, so no proxy answers it\n',
            exitCode: 0,
        });
    });

    test('a qube that does not run', async () => {
        const qubes = exampleWith({ name: 'work', xid: -1 });
        expect(await lineOf('work', [], { qubes })).toEqual({
            out: 'work: it is halted, and is served once it starts\n',
            exitCode: 0,
        });
    });

    test('a ProxyVM that does not run', async () => {
        const qubes = exampleWith({ name: 'sys-filter', xid: -1 });
        expect(await lineOf('work', [], { qubes })).toEqual({
            out: 'work: its netvm sys-filter is halted; it is served once that runs\n',
            exitCode: 0,
        });
    });

    test('a qube that was refused nothing', async () => {
        expect(await lineOf('work', [{ name: 'work' }])).toEqual({
            out: `work: nothing was refused\n${unseen('work')}`,
            exitCode: 0,
        });
    });

    test('a qube that was refused nothing while all is recorded', async () => {
        const client = { name: 'work', recording: 'all' } as const;
        const { out } = await lineOf('work', [client]);
        expect(out).toBe('work: nothing was refused\n');
    });

    test('a qube whose refusals are not recorded', async () => {
        const client = { name: 'work', recording: 'nothing' } as const;
        const { out } = await lineOf('work', [client]);
        expect(out).toMatch(/^work: what it is refused is not recorded\n/);
    });

    test('nobody who was refused anything', async () => {
        const dom0 = await dom0Told([{ name: 'work' }]);
        expect((await dom0.cli('blocked')).out).toBe(
            `nothing was refused\n${unseen('QUBE')}`,
        );
        const empty = await dom0Told([], { rules: {} });
        expect((await empty.cli('blocked')).out).toBe('nothing was refused\n');
    });
});

describe('a ProxyVM', () => {
    const both = { ...rules, personal: '^p\\.test$\n' };
    const other = tellingAgent([
        { name: 'personal', entries: [{ host: 'q.test' }] },
    ]);

    test.each([
        ['whose agent is too old', oldAnswer('request'), 'too old'],
        ['whose agent fails', oldAnswer('internal'), 'no such verb'],
        ['that tells nonsense', '{"service":', 'cannot be read'],
        ['that tells nothing', '', 'it is empty'],
        [
            'of another version',
            requestsText([]).replace('"version":1', '"version":2'),
            'version',
        ],
        [
            'that tells escape sequences',
            requestsText([
                { name: 'work', entries: [{ host: 'a\u001b[2Jb.test' }] },
            ]),
            'no host',
        ],
        [
            'that tells a right-to-left mark',
            requestsText([
                { name: 'work', entries: [{ host: 'a\u202eb.test' }] },
            ]),
            'no host',
        ],
        [
            'that tells a name of 64 KB',
            requestsText([
                { name: 'work', entries: [{ host: 'a'.repeat(65_536) }] },
            ]),
            'no host',
        ],
    ])('%s is named, and keeps no other one back', async (_, text, message) => {
        const dom0 = await dom0Told(text, {
            rules: both,
            agents: { 'sys-filter': tellingAgent(text), 'sys-firewall': other },
        });
        const { out, err, exitCode } = await dom0.cli('blocked');
        expect(exitCode).toBe(1);
        expect(out).toMatch(/^personal: 1 host refused\n/);
        expect(err).toMatch(/^sys-filter: [ -~]+\n/);
        expect(err).toContain(message);
        expect(err).toMatch(/^[ -~\n]*$/);
    });

    test('whose agent is too old says what to update', async () => {
        const dom0 = await dom0Told(oldAnswer('request'));
        const { err } = await dom0.cli('blocked', 'work');
        expect(err).toBe(
            'sys-filter: its agent is too old to be asked for this\n' +
                '    update the package qubes-filterproxy in fedora-41, ' +
                'shut fedora-41 down and restart sys-filter\n',
        );
    });

    test.each([
        ['that tells a gigabyte', { tooLong: true }, 'is longer than'],
        ['that never ends', { timedOut: true }, 'did not answer in'],
        ['that goes away', { exitCode: 255 }, 'went away in the middle'],
        ['without an agent', { exitCode: 127 }, 'no filter proxy agent'],
    ])('%s is named', async (_, differences, message) => {
        const dom0 = await dom0Told([], {
            agents: { 'sys-filter': () => outcome(differences) },
        });
        const { err, exitCode } = await dom0.cli('blocked', 'work');
        expect(exitCode).toBe(1);
        expect(err).toContain(message);
    });

    test('that has no agent is told how to get one', async () => {
        const dom0 = await dom0Told([], { agents: { 'sys-filter': noAgent } });
        const { err } = await dom0.cli('blocked', 'work');
        expect(err).toContain('install the package qubes-filterproxy in');
    });

    test('can tell of its own clients only', async () => {
        const entries = [{ host: 'lie.test' }];
        const dom0 = await dom0Told(
            [
                { name: 'personal', entries },
                { name: 'gone', uuid: uuidOf('removed'), entries },
                { name: 'work', entries: [{ host: 'true.test' }] },
            ],
            { rules: both },
        );
        const { out, err } = await dom0.cli('blocked', 'personal', 'work');
        expect(out).toContain('true.test');
        expect(out).not.toContain('lie.test');
        expect(err).toContain(
            'sys-filter: it also tells of personal, not attached to it: ' +
                'left out\n',
        );
        expect(err).not.toContain('gone');
    });

    test('names its clients as dom0 does', async () => {
        const lie = { name: 'dom0-update', uuid: uuidOf('work') };
        const entries = [{ host: 'a.test' }];
        const dom0 = await dom0Told([{ ...lie, entries }]);
        const { out } = await dom0.cli('blocked');
        expect(out).toMatch(/^work: 1 host refused\n/);
    });

    test('may say that a time was ages ago', async () => {
        const ages = Number.MAX_SAFE_INTEGER;
        const entries = [{ host: 'a.test', firstAgo: 0, lastAgo: ages }];
        const dom0 = await dom0Told([{ name: 'work', entries }]);
        const { out, exitCode } = await dom0.cli('blocked', 'work', '--json');
        expect(exitCode).toBe(0);
        const [host] = JSON.parse(out).qubes[0].hosts;
        expect(host.first <= host.last).toBe(true);
    });
});

describe('what blocked does not take', () => {
    test.each([
        [['--expire', '2h'], '--expire can only be used with --allow'],
        [['--dry-run'], '--dry-run can only be used with --allow'],
        [['--follow', '--allow'], 'not allowed with argument --follow'],
    ])('%j', async (args, message) => {
        const dom0 = await dom0Told([]);
        const { err, exitCode } = await dom0.cli('blocked', 'work', ...args);
        expect(exitCode).toBe(2);
        expect(err).toContain(message);
    });

    test('a qube that is not there', async () => {
        const dom0 = await dom0Told([]);
        const { exitCode } = await dom0.cli('blocked', 'nobody');
        expect(exitCode).toBe(2);
    });
});

test('a disposable is told of by its own name', async () => {
    const entries = [{ host: 'a.test' }];
    const dom0 = await dom0Told([{ name: disposable.name, entries }], {
        qubes: exampleWith(disposable),
        rules: { 'work-dvm': '^x\\.test$\n' },
    });
    const { out } = await dom0.cli('disp12', 'blocked');
    expect(out).toMatch(/^disp12: 1 host refused\n/);
});

describe('a flood of which no host was kept', () => {
    const client = { name: 'work', unnamed: 70 };

    test('is counted', async () => {
        const dom0 = await dom0Told([client]);
        const { out } = await dom0.cli('blocked', 'work');
        expect(out).toBe('work: 70 requests whose hosts were not kept\n');
        expect((await dom0.cli('blocked')).out).toBe(out);
    });

    test('is not taken for one since then', async () => {
        const dom0 = await dom0Told([client]);
        const { out } = await dom0.cli('blocked', '--since', '1h');
        expect(out).toMatch(/^nothing was refused since /);
    });
});
