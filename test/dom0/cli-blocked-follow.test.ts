// `blocked --follow` with ProxyVMs that come and go.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../dom0/cli/program.ts';
import { Failure } from '../../dom0/failure.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { exampleWith } from './fake-qubes.ts';
import {
    type FakeCall,
    type FakeStreams,
    fakeStream,
    fakeStreams,
    oldAnswer,
    requestsText,
} from './fake-requests.ts';
import { loadWith } from './load-with.ts';

const rules = { work: '^allowed\\.test$\n', personal: '^p\\.test$\n' };

const refused = (host: string, count = 1, name = 'work') =>
    requestsText([{ name, entries: [{ host, count }] }]);

const gone = {
    kind: 'exit',
    exitCode: 255,
    stderr: Buffer.alloc(0),
    startError: null,
} as const;

/** A user who looks until what he sees is that, and interrupts then. */
async function lookUntil(
    dom0: FakeDom0,
    isSeen: (streams: FakeStreams) => boolean,
    ...args: string[]
) {
    const streams = fakeStreams();
    const ended = runProgram(
        ['blocked', '--follow', ...args],
        loadWith(dom0.deps),
        streams,
    );
    let isEnded = false;
    void ended.then(() => {
        isEnded = true;
    });
    while (!isSeen(streams) && !isEnded) {
        await delay(5);
    }
    streams.interrupt();
    return { exitCode: await ended, ...streams.output };
}

function following(calls: Readonly<Record<string, readonly FakeCall[]>>) {
    return fakeDom0({ rules, stream: fakeStream(calls) });
}

const nobody: readonly FakeCall[] = [[requestsText([])]];

describe('blocked --follow', () => {
    test('prints what is refused as it comes, and ends cleanly', async () => {
        const dom0 = await following({
            'sys-filter': [
                [
                    refused('a.test', 3),
                    requestsText([]),
                    refused('a.test', 4),
                    refused('b.test'),
                ],
            ],
            'sys-firewall': nobody,
        });
        const seen = await lookUntil(dom0, ({ output }) =>
            output.out.includes('b.test'),
        );
        expect(seen).toEqual({
            exitCode: 0,
            err: '',
            out: [
                '2026-11-24 11:59  work  a.test  (3 times)',
                '2026-11-24 11:59  work  a.test  (4 times)',
                '2026-11-24 11:59  work  b.test',
                '',
            ].join('\n'),
        });
    });

    test('keeps to the qubes that are named, and to their ProxyVMs', async () => {
        const text = requestsText([
            { name: 'work', entries: [{ host: 'a.test' }] },
            { name: 'banking', entries: [{ host: 'b.test' }] },
        ]);
        const dom0 = await following({ 'sys-filter': [[text]] });
        const seen = await lookUntil(
            dom0,
            ({ output }) => output.out !== '',
            'banking',
        );
        expect(seen.out).toBe('2026-11-24 11:59  banking  b.test\n');
    });

    test('goes on when a ProxyVM goes and comes back, and says so once', async () => {
        const dom0 = await following({
            'sys-filter': [
                [refused('a.test'), gone],
                [gone],
                [refused('a.test'), refused('b.test')],
            ],
            'sys-firewall': [[refused('q.test', 1, 'personal')]],
        });
        const seen = await lookUntil(dom0, ({ output }) =>
            output.out.includes('b.test'),
        );
        expect(seen.err).toBe(
            'sys-filter: it went away in the middle; waiting for it\n' +
                'sys-filter: it is back\n',
        );
        expect(seen.out.match(/a\.test/g)).toHaveLength(1);
        expect(seen.out).toContain('personal  q.test');
    });

    test.each([
        ['is too old', oldAnswer('request'), 'too old'],
        ['tells nonsense', '{', 'cannot be read'],
        ['tells escape sequences', refused('\u001b[2J'), 'no host'],
    ])(
        'of an agent that %s says so, and hears the others',
        async (_, text, message) => {
            const dom0 = await following({
                'sys-filter': [[text]],
                'sys-firewall': [[refused('q.test', 1, 'personal')]],
            });
            const seen = await lookUntil(
                dom0,
                ({ output }) => output.out !== '' && output.err !== '',
            );
            expect(seen.err).toMatch(/^sys-filter: [ -~]+; waiting for it\n/);
            expect(seen.err).toContain(message);
            expect(seen.out).toContain('personal  q.test');
        },
    );

    test('prints the newest of a flood, and the other qubes', async () => {
        const entries = Array.from({ length: 500 }, (_, at) => ({
            host: `h${at}.test`,
            lastAgo: 500 - at,
        }));
        const dom0 = await following({
            'sys-filter': [
                [
                    requestsText([
                        { name: 'work', unnamed: 7, entries },
                        { name: 'banking', entries: [{ host: 'b.test' }] },
                    ]),
                ],
            ],
            'sys-firewall': nobody,
        });
        const { out, err } = await lookUntil(
            dom0,
            ({ output }) => output.err !== '',
        );
        expect(out.trimEnd().split('\n')).toHaveLength(22);
        expect(out).toContain(
            'work: 480 more, see: qvm-filterproxy blocked work\n',
        );
        expect(out).toContain('banking  b.test\n');
        expect(out).toContain('h499.test\n');
        expect(err).toBe(
            'work: it asks for more than is kept, so not all is shown\n',
        );
    });

    test('knows a qube that has started meanwhile', async () => {
        const dom0 = await fakeDom0({
            rules,
            stream: fakeStream({
                'sys-filter': [
                    [requestsText([]), refused('n.test', 1, 'newer')],
                ],
                'sys-firewall': nobody,
            }),
        });
        let now = 0;
        Object.assign(dom0.deps, {
            monotonicMs: () => {
                now += 3000;
                dom0.qubes = exampleWith({
                    name: 'newer',
                    netvm: 'sys-filter',
                    ip: '10.137.0.40',
                    gateway: '10.137.0.4',
                    xid: 40,
                });
                return now;
            },
        });
        const seen = await lookUntil(dom0, ({ output }) => output.out !== '');
        expect(seen.out).toContain('newer  n.test\n');
    });

    test('goes on by what it knew when dom0 cannot be asked', async () => {
        const dom0 = await following({
            'sys-filter': [[refused('a.test'), refused('b.test')]],
            'sys-firewall': nobody,
        });
        let now = 0;
        Object.assign(dom0.deps, {
            monotonicMs: () => {
                now += 20_000;
                return now;
            },
        });
        const { all } = dom0.deps.inventory;
        let asked = 0;
        Object.assign(dom0.deps.inventory, {
            all: () => {
                asked += 1;
                return asked === 1
                    ? all()
                    : Promise.reject(new Failure('qvm-ls: no answer'));
            },
        });
        const { out, err } = await lookUntil(dom0, ({ output }) =>
            output.out.includes('b.test'),
        );
        expect(out).toContain('work  a.test\n');
        expect(err).toBe('qvm-ls: no answer; going on by what was known\n');
    });

    test('says once of each qube that a ProxyVM tells of it in vain', async () => {
        const lie = (name: string) => refused('lie.test', 1, name);
        const dom0 = await following({
            'sys-filter': [
                [
                    lie('personal'),
                    lie('vault'),
                    lie('personal'),
                    refused('a.b'),
                ],
            ],
            'sys-firewall': nobody,
        });
        const { out, err } = await lookUntil(dom0, ({ output }) =>
            output.out.includes('a.b'),
        );
        expect(out).not.toContain('lie.test');
        expect(err.trimEnd().split('\n')).toEqual([
            'sys-filter: it also tells of personal, not attached to it: left out',
            'sys-filter: it also tells of vault, not attached to it: left out',
        ]);
    });

    test('as JSON prints a line for each host', async () => {
        const dom0 = await following({
            'sys-filter': [[refused('a.test'), refused('allowed.test')]],
        });
        const { out } = await lookUntil(
            dom0,
            ({ output }) => output.out.includes('allowed'),
            ...['work', '--json'],
        );
        const lines = out
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line));
        expect(lines).toMatchObject([
            {
                version: 1,
                command: 'blocked',
                qube: 'work',
                host: 'a.test',
                allowedNow: false,
                rule: '^a\\.test$',
            },
            { host: 'allowed.test', allowedNow: true, rule: null },
        ]);
    });

    test('says that there is nobody to listen to', async () => {
        const dom0 = await fakeDom0({ rules: {} });
        const { out, exitCode } = await dom0.cli('blocked', '--follow');
        expect(out).toBe('nothing to follow: no ProxyVM serves any of them\n');
        expect(exitCode).toBe(0);
    });
});
