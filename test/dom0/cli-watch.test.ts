// `watch` with ProxyVMs that come, go and lie, on a screen that is not there.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../dom0/cli/program.ts';
import type { ScreenListener } from '../../dom0/screen.ts';
import { ok } from '../../shared/result.ts';
import { obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import {
    type FakeCall,
    type FakeClient,
    fakeStream,
    fakeStreams,
    requestsText,
} from './fake-requests.ts';
import { loadWith } from './load-with.ts';
import { outcome } from './outcome.ts';
import { drawnOn, emptyScreen } from './terminal/drawn.ts';

const rules = { work: '^allowed\\.test$\n', personal: '^p\\.test$\n' };
const size = { columns: 80, rows: 24 };

/** What is on the screen as soon as that is; and quits. */
async function look(
    calls: Readonly<Record<string, readonly FakeCall[]>>,
    wanted: string,
    ...qubes: string[]
): Promise<string> {
    const dom0 = await fakeDom0({
        rules,
        agents: {
            'sys-filter': obedientAgent().agent,
            'sys-firewall': obedientAgent().agent,
        },
        stream: fakeStream(calls),
    });
    return lookAt(dom0, wanted, ...qubes);
}

async function lookAt(
    dom0: FakeDom0,
    wanted: string,
    ...qubes: string[]
): Promise<string> {
    const screen = emptyScreen(size);
    let listener: ScreenListener | null = null;
    let isClosed = false;
    let drawnAfterwards = false;
    const ended = runProgram(['watch', ...qubes], loadWith(dom0.deps), {
        ...fakeStreams(),
        openScreen(given) {
            listener = given;
            return ok({
                hasColour: false,
                size: () => size,
                write: (text) => {
                    drawnAfterwards ||= isClosed;
                    drawnOn(screen, text);
                },
                close: () => {
                    isClosed = true;
                },
            });
        },
    });
    const deadline = performance.now() + 100_000;
    while (!screen.lines.join('\n').includes(wanted)) {
        expect(performance.now(), screen.lines.join('\n')).toBeLessThan(
            deadline,
        );
        await delay(10);
    }
    const seen = screen.lines.join('\n');
    (listener as ScreenListener | null)?.onKey('q');
    expect(await ended).toBe(0);
    expect(isClosed).toBe(true);
    // Others have the terminal by then.
    expect(drawnAfterwards).toBe(false);
    return seen;
}

const tells = (...clients: FakeClient[]) => requestsText(clients);
const nobody: readonly FakeCall[] = [[tells()]];

describe('watch', () => {
    test('shows what each qube is refused, and what it reaches where that is told', async () => {
        const seen = await look(
            {
                'sys-filter': [
                    [
                        tells({
                            name: 'work',
                            recording: 'all',
                            entries: [
                                { host: 'a.test', count: 3 },
                                { host: 'b.test', outcome: 'allowed' },
                                { host: 'c.test', port: 22, outcome: 'port' },
                            ],
                        }),
                    ],
                ],
                'sys-firewall': [
                    [
                        tells({
                            name: 'personal',
                            entries: [{ host: 'q.test' }],
                        }),
                    ],
                ],
            },
            'q.test',
        );
        expect(seen).toMatch(/work +3 {2}needs a rule +a\.test\n/);
        expect(seen).toMatch(/work +1 {2}allowed +b\.test\n/);
        expect(seen).toMatch(/work +1 {2}port not open +c\.test:22\n/);
        expect(seen).toMatch(/personal +1 {2}needs a rule +q\.test\n/);
        expect(seen).toContain('3 hosts refused to 2 qubes');
    });

    test('keeps to the qubes that are named', async () => {
        const text = tells(
            { name: 'work', entries: [{ host: 'a.test' }] },
            { name: 'banking', entries: [{ host: 'b.test' }] },
        );
        const calls = { 'sys-filter': [[text]] };
        const seen = await look(calls, 'b.test', 'banking');
        expect(seen).not.toContain('a.test');
    });

    test('believes a ProxyVM of its own clients only', async () => {
        const seen = await look(
            {
                'sys-filter': [
                    [
                        tells(
                            {
                                name: 'personal',
                                recording: 'nothing',
                                unnamed: 5,
                                entries: [{ host: 'lie.test' }],
                            },
                            { name: 'work', entries: [{ host: 'a.test' }] },
                        ),
                    ],
                ],
                'sys-firewall': nobody,
            },
            'a.test',
        );
        expect(seen).not.toContain('lie.test');
        expect(seen).not.toContain('personal');
    });

    test('says where nothing is recorded, and where not all is kept', async () => {
        const seen = await look(
            {
                'sys-filter': [
                    [
                        tells(
                            { name: 'banking', recording: 'nothing' },
                            {
                                name: 'work',
                                unnamed: 7,
                                entries: [{ host: 'a.test' }],
                            },
                        ),
                    ],
                ],
                'sys-firewall': nobody,
            },
            'a.test',
        );
        expect(seen).toContain('banking: what it is refused is not recorded');
        expect(seen).toContain('work: it asks for more than is kept');
    });

    test('has first what it was told last, though times are whole seconds', async () => {
        const entry = (host: string, lastAgo: number) =>
            tells({ name: 'work', entries: [{ host, lastAgo, firstAgo: 1 }] });
        const seen = await look(
            {
                'sys-filter': [
                    [entry('older.test', 0), delay(20), entry('newer.test', 1)],
                ],
                'sys-firewall': nobody,
            },
            'newer.test',
        );
        expect(seen).toMatch(/^> .* newer\.test$/m);
    });

    test('says loudly that a qube learns', async () => {
        const dom0 = await fakeDom0({
            rules,
            agents: { 'sys-filter': obedientAgent().agent },
            stream: fakeStream({
                'sys-filter': nobody,
                'sys-firewall': nobody,
            }),
        });
        await dom0.cli('learn', 'work', '--for', '30m');
        expect(await lookAt(dom0, 'learns until')).toMatch(
            /^work: learns until .* every host is let through/m,
        );
    });

    test('has all recorded as long as it runs, of those that it watches', async () => {
        const { agent, applied } = obedientAgent();
        let noteRecorded: () => void = () => undefined;
        const recorded = new Promise<void>((resolve) => {
            noteRecorded = resolve;
        });
        const dom0 = await fakeDom0({
            rules: { ...rules, banking: '^b\\.test$\n' },
            agents: {
                'sys-filter': (verb, input) => {
                    const answer = agent(verb, input);
                    if (input.includes('"record":"all"')) {
                        noteRecorded();
                    }
                    return answer;
                },
            },
            stream: fakeStream({
                'sys-filter': [
                    [
                        recorded,
                        tells({ name: 'work', entries: [{ host: 'a.test' }] }),
                    ],
                ],
            }),
        });
        await dom0.cli('update');
        const [before] = applied;
        await lookAt(dom0, 'a.test', 'work');
        const told = applied.map(({ clients }) =>
            Object.fromEntries(
                clients.map(({ name, filter, deadlines }) => [
                    name,
                    [filter?.record, deadlines.length],
                ]),
            ),
        );
        expect(told).toEqual([
            { work: ['refused', 0], banking: ['refused', 0] },
            { work: ['all', 1], banking: ['refused', 0] },
            { work: ['refused', 0], banking: ['refused', 0] },
        ]);
        expect(applied[2]?.clients).toEqual(before?.clients);
    });

    test('shows what is refused where it cannot have all recorded, and says why', async () => {
        const dom0 = await fakeDom0({
            rules,
            agents: {
                'sys-filter': () => outcome({ exitCode: 126 }),
            },
            stream: fakeStream({ 'sys-filter': nobody }),
        });
        await lookAt(
            dom0,
            'sys-filter: only what is refused is shown: ',
            'work',
        );
    });

    test('says of whom it shows only what is refused, as the list is long', async () => {
        const long = Array.from(
            { length: 2500 },
            (_, at) =>
                `^${at}${'x'.repeat(40)}\\.${'y'.repeat(60)}.${'z'.repeat(60)}$`,
        );
        const dom0 = await fakeDom0({
            rules: { work: `${long.join('\n')}\n` },
            agents: { 'sys-filter': obedientAgent().agent },
            stream: fakeStream({ 'sys-filter': nobody }),
        });
        await lookAt(dom0, 'work: only what is refused is shown', 'work');
    });

    test('leaves a ProxyVM that hangs behind, and what it had recorded', async () => {
        const { agent, applied } = obedientAgent();
        let calls = 0;
        const dom0 = await fakeDom0({
            rules,
            agents: {},
            tools: {
                'qrexec-client': async (_, args, options) => {
                    calls += 1;
                    // The end takes long enough to draw once more.
                    const milliseconds = calls === 1 ? 60_000 : 300;
                    await delay(milliseconds, null, { ref: false });
                    const verb = /FilterProxy\+(\w+)/.exec(args.join(' '))?.[1];
                    return agent(verb as 'apply', String(options?.input));
                },
            },
            stream: fakeStream({
                'sys-filter': [
                    [tells({ name: 'work', entries: [{ host: 'a.test' }] })],
                ],
            }),
        });
        await lookAt(dom0, 'a.test', 'work');
        expect(
            applied.map(({ clients }) => clients[0]?.filter?.record),
        ).toEqual(['refused']);
    });

    test('that fails has nothing recorded any more', async () => {
        const dom0 = await fakeDom0({
            rules,
            agents: { 'sys-filter': obedientAgent().agent },
            stream: () => Promise.reject(new Error('our own mistake')),
        });
        const watching = runProgram(['watch', 'work'], loadWith(dom0.deps), {
            ...fakeStreams(),
            openScreen: () =>
                ok({
                    hasColour: false,
                    size: () => size,
                    write: () => undefined,
                    close: () => undefined,
                }),
        });
        await expect(watching).rejects.toThrow('our own mistake');
        expect(await dom0.deps.watching.read()).toEqual([]);
    });

    test('has no JSON', async () => {
        const dom0 = await fakeDom0({ rules });
        const { exitCode, err } = await dom0.cli('watch', '--json');
        expect(exitCode).toBe(2);
        expect(err).toContain('blocked --follow --json');
    });
});
