// What stays in memory when nothing happens.
import { apply, untilSpare } from '../agent.ts';
import { atMost, timesFloor } from '../aims.ts';
import { client } from '../bed.ts';
import { type Bench, ifThere } from '../bench.ts';
import { clientWith, madeUpClients } from '../documents.ts';
import type { Group } from '../measure.ts';
import type { Stopwatch } from '../stopwatch/stopwatch.ts';

/** Of the daemon, some seconds after its start. */
export function memoryOfDaemon({ dom0, isQuick }: Bench): Group {
    const args = [client, 'kept.test'];
    return {
        unit: 'MB',
        title: "resident: dom0's daemon at rest (floor: Node.js)",
        rounds: isQuick ? 3 : 10,
        aims: [atMost(50, 'MB')],
        setUp: async () => {
            const words = ['allow', ...args];
            await dom0.must({ file: 'qvm-filterproxy', args: words });
        },
        cases: [
            {
                name: 'qubes-filterproxyd',
                role: 'ours',
                prepare: async () => {
                    await dom0.sh(
                        'systemctl restart qubes-filterproxyd; sleep 4',
                    );
                },
                measure: () =>
                    resident(
                        dom0,
                        'systemctl show -P MainPID qubes-filterproxyd',
                    ),
            },
            {
                name: 'node -e 0, that does not end',
                role: 'floor',
                measure: () =>
                    residentWhile(dom0, 'node -e "setInterval(() => {}, 1e6)"'),
            },
        ],
        tearDown: async () => {
            await dom0.sh('systemctl stop qubes-filterproxyd');
            const words = ['remove', ...args];
            await dom0.must({ file: 'qvm-filterproxy', args: words });
        },
    };
}

/** Of ours in a ProxyVM when nobody calls, but for the proxies. */
export function memoryOfProxyvm(bench: Bench): Group {
    const { stopwatch, client: one } = bench;
    return {
        unit: 'MB',
        // Its pages are mostly those of the C library, which others have, too.
        title: 'proportional: ours in a ProxyVM at rest, without proxies',
        rounds: bench.isQuick ? 3 : 10,
        aims: [atMost(8, 'MB')],
        setUp: async () => {
            await apply(stopwatch, [clientWith(one)]);
            await untilSpare(stopwatch);
            // What the guard begins with has ended then.
            await stopwatch.sh('sleep 1');
        },
        cases: [
            {
                name: 'the guard and the spare',
                role: 'ours',
                measure: () =>
                    resident(
                        stopwatch,
                        `for unit in $(systemctl list-units --plain \\
                            --no-legend --state=running \\
                            'qubes-filterproxy-*.service' | cut -d ' ' -f 1
                            stat --format=qubes-filterproxy@%g \\
                                /run/qubes-filterproxy/spare)
                        do cat /sys/fs/cgroup$(systemctl show -P ControlGroup \\
                            "$unit")/cgroup.procs; done`,
                        { field: 'Pss' },
                    ),
            },
        ],
        tearDown: async () => {
            await apply(stopwatch, []);
        },
    };
}

/** Of one proxy that has served nothing yet. */
export function memoryOfProxy(bench: Bench): Group {
    const { stopwatch, opponent } = bench;
    const attachments = madeUpClients(1, bench.client.gateway);
    const clients = attachments.map((each) => clientWith(each));
    return {
        unit: 'MB',
        title: 'resident: one proxy (floor: tinyproxy, started by hand)',
        rounds: bench.isQuick ? 3 : 10,
        aims: [timesFloor(1.1)],
        setUp: async () => {
            await apply(stopwatch, clients);
            await stopwatch.sh(
                `mkdir -p /run/bench
                sed 's/^Port .*/Port 18002/' >/run/bench/alone.conf \\
                    /run/qubes-filterproxy/proxies/*/tinyproxy.conf`,
            );
        },
        cases: [
            {
                name: 'our proxy',
                role: 'ours',
                measure: () =>
                    resident(
                        stopwatch,
                        `cd /run/qubes-filterproxy/proxies
                        for uid in *; do
                            systemctl show -P MainPID qubes-filterproxy@$uid
                        done`,
                    ),
            },
            ...ifThere(opponent, (it) => ({
                name: "the opponent's proxy",
                role: 'opponent' as const,
                prepare: () => it.becomeWarm(attachments),
                measure: () => resident(stopwatch, 'cat /run/tinyproxy/*/pid'),
                restore: () => it.stop(),
            })),
            {
                name: 'bare tinyproxy',
                role: 'floor',
                measure: () =>
                    residentWhile(
                        stopwatch,
                        'tinyproxy -d -c /run/bench/alone.conf',
                    ),
            },
        ],
        tearDown: async () => {
            await apply(stopwatch, []);
        },
    };
}

/** Megabytes of the processes whose ids the script prints. */
async function resident(
    where: Stopwatch,
    script: string,
    { before = ':', after = ':', field = 'VmRSS' } = {},
): Promise<number> {
    const kilobytes = await where.sh(
        `${before}
        for pid in $(${script}); do
            sed -n 's/^${field}:[^0-9]*\\([0-9]*\\).*/\\1/p' \\
                "/proc/$pid/status" "/proc/$pid/smaps_rollup"
        done
        ${after}`,
    );
    return (
        kilobytes.split('\n').reduce((sum, line) => sum + Number(line), 0) /
        1024
    );
}

/** The same of a program that runs for that. */
async function residentWhile(
    where: Stopwatch,
    command: string,
): Promise<number> {
    return resident(where, 'cat /run/bench.pid', {
        before: `${command} >/dev/null 2>&1 </dev/null &
            echo $! >/run/bench.pid; sleep 1`,
        after: 'kill "$(cat /run/bench.pid)"; rm /run/bench.pid',
    });
}
