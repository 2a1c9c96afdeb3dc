// Whose rules change has nothing to do with the others.
import { apply, timeApply } from '../agent.ts';
import { atMost, timesFloor } from '../aims.ts';
import type { Bench } from '../bench.ts';
import { ClientTraffic, type Times } from '../client-traffic.ts';
import { clientWith, hosts } from '../documents.ts';
import type { Group } from '../measure.ts';

const count = 1000;
const kept = 'kept.test';

export function tunnels(bench: Bench): Group {
    const { stopwatch, client, other, isQuick } = bench;
    const rounds = isQuick ? 20 : 100;
    const keeps = clientWith(client, [kept], { maxClients: 1024 });
    const added: string[] = [];
    const both = () => [keeps, clientWith(other, [...hosts, ...added])];
    let end: () => Promise<number>;
    let asking: Promise<Times>;
    let traffic: ClientTraffic;
    let lost = 0;
    /** While nothing changes: what the machine alone makes slow. */
    let before: Times;
    let times: Times = { median: 0, longest: 0, perSecond: 0 };
    return {
        title: `a rule is added, ${rounds} times, while another has ${count} tunnels`,
        rounds,
        setUp: async () => {
            await apply(stopwatch, both());
            // What other groups left there may fill the table.
            await stopwatch.sh('conntrack --flush 2>&1');
            const keeper = await ClientTraffic.install(client);
            traffic = await ClientTraffic.install(other);
            end = await keeper.tunnels(kept, count);
            const milliseconds = isQuick ? 5000 : 30_000;
            before = await traffic.load({
                hosts,
                connections: 1,
                milliseconds,
            });
            asking = traffic.load({ hosts, connections: 1 });
        },
        cases: [
            {
                name: 'agent: apply',
                role: 'ours',
                prepare: async () => {
                    added.push(`added${added.length}.test`);
                },
                measure: () => timeApply(stopwatch, both(), 'change'),
            },
        ],
        remarks: async () => {
            await traffic.enough();
            times = await asking;
            lost = await end();
            return [
                `meanwhile: ${describe(times)}`,
                `before, when nothing changed: ${describe(before)}`,
            ];
        },
        counted: () => [
            {
                name: 'lost',
                what: `of it: tunnels of ${count} that were lost`,
                unit: 'lost',
                aims: [atMost(0, 'lost')],
                ours: lost,
                opponent: null,
                floor: null,
            },
            {
                name: 'slowest',
                what: 'of it: the slowest request (floor: their median)',
                unit: 'ms',
                aims: [timesFloor(2)],
                ours: times.longest,
                opponent: null,
                floor: times.median,
            },
        ],
        tearDown: async () => {
            await apply(stopwatch, []);
        },
    };
}

function describe({ perSecond, longest, median }: Times): string {
    const slowest = (longest / median).toFixed(1);
    return (
        `${perSecond.toFixed(0)} requests a second, ` +
        `the slowest took ${slowest} times their median`
    );
}
