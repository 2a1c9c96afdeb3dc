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
            const perSecond = times.perSecond.toFixed(0);
            return [`${perSecond} requests a second meanwhile`];
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
