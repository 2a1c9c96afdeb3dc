// From nothing to all clients served.
import { apply, timeApply } from '../agent.ts';
import { type Bench, ifThere } from '../bench.ts';
import { clientWith, madeUpClients } from '../documents.ts';
import { keepForFloors } from '../floor-files.ts';
import {
    bareNftTable,
    bareNode,
    bareSystemctlAlone,
    plural,
} from '../floors.ts';
import type { Group } from '../measure.ts';

export function cold(bench: Bench, count: number, rounds: number): Group {
    const { stopwatch, opponent, client } = bench;
    const attachments = madeUpClients(count, client.gateway);
    const clients = attachments.map((each) => clientWith(each));
    const systemctl = bareSystemctlAlone(stopwatch, count);
    return {
        title: `${plural(count, 'client')} cold`,
        rounds,
        setUp: () => keepForFloors(stopwatch, attachments),
        cases: [
            {
                name: 'agent: apply',
                role: 'ours',
                time: () => timeApply(stopwatch, clients, 'change'),
                restore: async () => {
                    await apply(stopwatch, []);
                },
            },
            ...ifThere(opponent, (it) => it.cold(attachments)),
            count === 20 ? { ...systemctl, aim: 2 } : systemctl,
            bareNftTable(stopwatch),
            bareNode(stopwatch),
        ],
    };
}
