// From nothing to all clients served.
import { apply, timeApply } from '../agent.ts';
import { timesFloor } from '../aims.ts';
import { type Bench, ifThere } from '../bench.ts';
import { clientWith, madeUpClients } from '../documents.ts';
import { keepForFloors } from '../floor-files.ts';
import {
    bareNftTable,
    bareNode,
    bareSystemctlAlone,
    beside,
    plural,
} from '../floors.ts';
import type { Group } from '../measure.ts';

export function cold(bench: Bench, count: number, rounds: number): Group {
    const { stopwatch, opponent, client } = bench;
    const attachments = madeUpClients(count, client.gateway);
    const clients = attachments.map((each) => clientWith(each));
    return {
        title: `${plural(count, 'client')} cold`,
        rounds,
        aims: count < 20 ? [] : [timesFloor(1.25)],
        setUp: () => keepForFloors(stopwatch, attachments),
        cases: [
            {
                name: 'agent: apply',
                role: 'ours',
                measure: () => timeApply(stopwatch, clients, 'change'),
                restore: async () => {
                    await apply(stopwatch, []);
                },
            },
            ...ifThere(opponent, (it) => it.cold(attachments)),
            bareSystemctlAlone(stopwatch, count),
            beside(bareNftTable(stopwatch)),
            beside(bareNode(stopwatch)),
        ],
    };
}
