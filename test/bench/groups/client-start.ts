// A qube starts, and nobody types anything: the daemon at work.
import { timesCase, timesFloor } from '../aims.ts';
import { client, proxyvm } from '../bed.ts';
import type { Bench } from '../bench.ts';
import { madeUpClients } from '../documents.ts';
import { bareRoundTrip } from '../dom0-floors.ts';
import { keepForFloors } from '../floor-files.ts';
import { bareSystemctl } from '../floors.ts';
import type { Group } from '../measure.ts';
import { Remote } from '../remote.ts';
import type { StartTimes } from '../starts/protocol.ts';
import { summarise } from '../statistics.ts';

const arrival = 'until domain-start arrives';

/**
 * From the moment at which Qubes is about to make the domain. Measured last:
 * the client is another domain afterwards.
 */
export function clientStart(bench: Bench): Group {
    const { dom0, stopwatch, isQuick } = bench;
    const all: StartTimes[] = [];
    let starts: Remote;
    let last: StartTimes;
    return {
        title: 'a client starts, from domain-pre-spawn on',
        rounds: isQuick ? 3 : 10,
        aims: [timesFloor(1.5), timesCase(1, arrival)],
        setUp: async () => {
            const other = madeUpClients(1, bench.client.gateway);
            await keepForFloors(stopwatch, other);
            await dom0.must({
                file: 'qvm-filterproxy',
                args: ['allow', client, 'kept.test'],
            });
            await dom0.sh('systemctl start qubes-filterproxyd');
            starts = new Remote('dom0', 'starts');
        },
        cases: [
            {
                name: 'daemon: until its proxy answers it',
                role: 'ours',
                prepare: async () => {
                    await dom0.sh(
                        `qvm-shutdown --wait ${client}
                        while [ -e /run/qubes/filterproxy/${proxyvm}.told ]; do
                            sleep 0.05
                        done`,
                    );
                },
                measure: async () => {
                    starts.write(`${client} ${proxyvm}`);
                    last = JSON.parse(await starts.read());
                    all.push(last);
                    return last.served;
                },
            },
            {
                name: arrival,
                role: 'beside',
                measure: async () => last.started,
            },
            bareRoundTrip(dom0),
            bareSystemctl(stopwatch, 1),
        ],
        remarks: async () => [describe(all.slice(1))],
        tearDown: async () => {
            starts.end();
            await dom0.sh('systemctl stop qubes-filterproxyd');
            await dom0.must({
                file: 'qvm-filterproxy',
                args: ['remove', client, 'kept.test'],
            });
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
