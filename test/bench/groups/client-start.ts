// A qube starts, and nobody types anything: the daemon at work.
import { untilSpare } from '../agent.ts';
import { timesCase, timesFloor } from '../aims.ts';
import { client, otherClient, plainQube, proxyvm } from '../bed.ts';
import type { Bench } from '../bench.ts';
import { madeUpClients } from '../documents.ts';
import { bareRoundTrip, installStart, startService } from '../dom0-floors.ts';
import { keepForFloors } from '../floor-files.ts';
import { bareSystemctl, beside } from '../floors.ts';
import type { Case, Group } from '../measure.ts';
import { Remote } from '../remote.ts';
import type { StartRequest, StartTimes } from '../starts/protocol.ts';
import { summarise } from '../statistics.ts';

const arrival = 'until domain-start arrives';

/** The first client of its ProxyVM. */
export function clientStart(bench: Bench): Group {
    return startOf(bench, 'a client starts, from domain-pre-spawn on', {
        served: [client],
        // It has said that nobody is served, and what it told is gone.
        untilEnded: () =>
            bench.dom0.sh(
                `while [ -e /run/qubes/filterproxy/${proxyvm}.told ]; do
                    sleep 0.05
                done`,
            ),
    });
}

/** While another is served there, as most that start on a day. */
export function nextClientStart(bench: Bench): Group {
    const { stopwatch } = bench;
    return startOf(bench, 'the same, while another client is served', {
        served: [client, otherClient],
        untilEnded: async () => {
            await stopwatch.sh(
                `while nft list table inet qubes-filterproxy | grep -q "$1"; do
                    sleep 0.05
                done`,
                bench.client.address,
            );
            await untilSpare(stopwatch);
        },
    });
}

interface Around {
    /** Qubes with rules. */
    readonly served: readonly string[];
    /** Returns when the client that was shut down is served no more. */
    readonly untilEnded: () => Promise<unknown>;
}

/**
 * From the moment at which Qubes is about to make the domain. Measured last:
 * the client is another domain afterwards.
 */
function startOf(
    bench: Bench,
    title: string,
    { served, untilEnded }: Around,
): Group {
    const { dom0, stopwatch, isQuick } = bench;
    const rules = async (verb: 'allow' | 'remove') => {
        for (const qube of served) {
            const args = [verb, qube, 'kept.test'];
            await dom0.must({ file: 'qvm-filterproxy', args });
        }
    };
    const all: StartTimes[] = [];
    let starts: Remote;
    let last: StartTimes;
    const start = async (qube: string, service: string | null) => {
        const request: StartRequest = { qube, proxyvm, service };
        starts.write(JSON.stringify(request));
        return JSON.parse(await starts.read()) as StartTimes;
    };
    return {
        title,
        rounds: isQuick ? 3 : 10,
        aims: [timesFloor(1.5), timesCase(1, arrival)],
        setUp: async () => {
            const other = madeUpClients(1, bench.client.gateway);
            await keepForFloors(stopwatch, other);
            await installStart(stopwatch);
            await rules('allow');
            await dom0.sh('systemctl start qubes-filterproxyd');
            starts = new Remote('dom0', 'starts');
        },
        cases: [
            {
                name: 'daemon: until its proxy answers it',
                role: 'ours',
                prepare: async () => {
                    await dom0.sh(`qvm-shutdown --wait ${client}`);
                    await untilEnded();
                },
                measure: async () => {
                    last = await start(client, null);
                    all.push(last);
                    return last.served;
                },
            },
            {
                name: arrival,
                role: 'beside',
                measure: async () => last.started,
            },
            bareStart(bench, async () => {
                const { served } = await start(plainQube, startService);
                return served;
            }),
            beside(bareRoundTrip(dom0)),
            beside(bareSystemctl(stopwatch, 1)),
        ],
        remarks: async () => [describe(all.slice(1))],
        tearDown: async () => {
            starts.end();
            await dom0.sh('systemctl stop qubes-filterproxyd');
            await rules('remove');
        },
    };
}

/**
 * The same programs at the same moment: the machine starts a qube beside. The
 * daemon would look at that qube meanwhile.
 */
function bareStart(
    { dom0, stopwatch }: Bench,
    measure: () => Promise<number>,
): Case {
    const idle = bareSystemctl(stopwatch, 1);
    const signal = (name: string) =>
        dom0.sh(`systemctl kill --signal="$1" qubes-filterproxyd`, name);
    return {
        ...idle,
        name: 'a qrexec call that starts a unit, then',
        prepare: async () => {
            await signal('STOP');
            // What the daemon has called has the lock by then: it would take
            // the files away.
            await stopwatch.sh(
                'sleep 0.5; flock /run/qubes-filterproxy/lock true',
            );
            await idle.prepare?.();
        },
        measure,
        restore: async () => {
            await dom0.sh(`qvm-shutdown --wait ${plainQube}`);
            await idle.restore?.();
            await signal('CONT');
        },
    };
}

function describe(times: readonly StartTimes[]): string {
    const looked = summarise(times.map(({ called }) => called)).median;
    const called = summarise(
        times.map(({ called, served }) => served - called),
    ).median;
    return (
        `of it: ${looked.toFixed(0)} ms until the daemon has looked and ` +
        `calls, ${called.toFixed(0)} ms for qrexec and the agent`
    );
}
