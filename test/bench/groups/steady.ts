// Where clients are served already.
import { apply, timeApply, untilSpare } from '../agent.ts';
import { overFloor, timesOpponent } from '../aims.ts';
import { type Bench, ifThere } from '../bench.ts';
import { type Client, clientWith, hosts, madeUpClients } from '../documents.ts';
import { keepForFloors } from '../floor-files.ts';
import {
    agentWithoutTask,
    bareLook,
    bareNftChange,
    bareNode,
    bareSystemctl,
    bareTinyproxy,
    beside,
} from '../floors.ts';
import type { Group } from '../measure.ts';
import { timelineOfApply } from '../timeline.ts';

const count = 5;

export function nothingToDo(bench: Bench): Group {
    const { stopwatch, opponent } = bench;
    const { attachments, clients, ...around } = served(bench);
    return {
        title: `nothing to do, ${count} clients`,
        rounds: bench.isQuick ? 5 : 20,
        aims: [timesOpponent(1)],
        ...around,
        cases: [
            {
                name: 'agent: apply',
                role: 'ours',
                measure: () => timeApply(stopwatch, clients, 'nothing to do'),
            },
            ...ifThere(opponent, (it) => it.warm(attachments, 'update')),
            ...bareLook(stopwatch),
            agentWithoutTask(stopwatch),
            beside(bareNode(stopwatch)),
        ],
        remarks: () => timeline(bench, clients),
    };
}

export function oneRule(bench: Bench): Group {
    const { stopwatch, opponent } = bench;
    const { attachments, clients, ...around } = served(bench);
    const [first] = attachments;
    if (first === undefined) {
        throw new Error('there is no client to change');
    }
    const more = clientWith(first, [...hosts, 'added.test']);
    const changed = [more, ...clients.slice(1)];
    let servingPort = 0;
    return {
        title: `one rule added for one of ${count} clients`,
        rounds: bench.isQuick ? 5 : 20,
        aims: [overFloor(15), timesOpponent(1)],
        ...around,
        cases: [
            {
                name: 'agent: apply',
                role: 'ours',
                prepare: () => untilSpare(stopwatch),
                measure: () =>
                    timeApply(stopwatch, [more, ...clients.slice(1)], 'change'),
                restore: async () => {
                    const { report } = await apply(stopwatch, clients);
                    servingPort = report.clients[0]?.port ?? 0;
                },
            },
            ...ifThere(opponent, (it) =>
                it.warm(attachments, 'restart', first.name),
            ),
            bareSystemctl(stopwatch, 1),
            beside(bareTinyproxy(stopwatch)),
            bareNftChange(stopwatch, first, () => servingPort),
            beside(bareNode(stopwatch)),
        ],
        remarks: () => timeline(bench, changed),
    };
}

async function timeline(
    { stopwatch, hasTimeline }: Bench,
    clients: readonly Client[],
): Promise<string[]> {
    return hasTimeline ? timelineOfApply(stopwatch, clients) : [];
}

/** Clients that both serve from the first round on. */
function served({ stopwatch, opponent, client }: Bench) {
    const attachments = madeUpClients(count, client.gateway);
    const clients = attachments.map((each) => clientWith(each));
    return {
        attachments,
        clients,
        setUp: async () => {
            await keepForFloors(stopwatch, attachments);
            await apply(stopwatch, clients);
            await opponent?.becomeWarm(attachments);
        },
        tearDown: async () => {
            await apply(stopwatch, []);
            await opponent?.stop();
        },
    };
}
