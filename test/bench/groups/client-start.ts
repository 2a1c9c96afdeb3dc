// A qube starts, and nobody types anything: the daemon at work.
import { client, proxyvm } from '../bed.ts';
import type { Bench } from '../bench.ts';
import type { Group } from '../measure.ts';
import { Remote } from '../remote.ts';
import type { StartTimes } from '../starts/protocol.ts';
import { summarise } from '../statistics.ts';

/**
 * From the moment at which Qubes is about to make the domain. Measured last:
 * the client is another domain afterwards.
 */
export function clientStart({ dom0, isQuick }: Bench): Group {
    const all: StartTimes[] = [];
    let starts: Remote;
    let last: StartTimes;
    return {
        title: 'a client starts, from domain-pre-spawn on',
        rounds: isQuick ? 3 : 10,
        setUp: async () => {
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
                time: async () => {
                    starts.write(`${client} ${proxyvm}`);
                    last = JSON.parse(await starts.read());
                    all.push(last);
                    return last.served;
                },
            },
            {
                name: 'until domain-start arrives',
                role: 'floor',
                time: async () => last.started,
                aim: 1,
            },
        ],
        remarks: async () => {
            const memory = await dom0.sh(
                'systemctl show -P MainPID qubes-filterproxyd | ' +
                    "xargs -I{} sed -n 's/^VmRSS:[ \\t]*//p' /proc/{}/status",
            );
            return [
                describe(all.slice(1)),
                `the daemon's resident memory: ${memory.trim()}`,
            ];
        },
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
