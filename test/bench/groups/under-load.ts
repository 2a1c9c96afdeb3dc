// One rule added while its client uses the proxy: nothing may be lost.
import { apply, timeApply } from '../agent.ts';
import { atMost } from '../aims.ts';
import { type Bench, ifThere } from '../bench.ts';
import { clientWith, hosts } from '../documents.ts';
import { addLosses, Load, type Losses } from '../load.ts';
import type { Case, Group } from '../measure.ts';

const used = ['kept.test', ...hosts];

export function underLoad(bench: Bench): Group {
    const { opponent, client } = bench;
    const losses = new Map<string, Losses[]>();
    const note = (who: string, one: Losses) =>
        losses.set(who, [...(losses.get(who) ?? []), one]);
    return {
        title: 'one rule added, its client hammers and keeps connections',
        rounds: bench.isQuick ? 3 : 10,
        cases: [
            ours(bench, (one) => note('agent', one)),
            ...ifThere(opponent, (it) => {
                const begin = async () => {
                    await it.becomeWarm([client], used);
                    return Load.begin(client.name, client.gateway);
                };
                let load: Load;
                return {
                    name: 'opponent: restart',
                    role: 'opponent' as const,
                    prepare: async () => {
                        load = await begin();
                    },
                    measure: () => it.time('restart', client.name),
                    restore: async () => {
                        await it.untilListening([client]);
                        note('opponent', await load.end());
                        await it.stop();
                    },
                };
            }),
        ],
        remarks: async () => [...losses].map(describe),
        counted: () => [
            {
                name: 'lost',
                what: 'of it: connections and requests that were lost',
                unit: 'lost',
                aims: [atMost(0, 'lost')],
                ours: lostBy(losses.get('agent') ?? []),
                opponent: opponent && lostBy(losses.get('opponent') ?? []),
                floor: null,
            },
        ],
    };
}

function ours(
    { stopwatch, client }: Bench,
    note: (losses: Losses) => void,
): Case {
    let load: Load;
    const more = [clientWith(client, [...used, 'added.test'])];
    return {
        name: 'agent: apply',
        role: 'ours',
        prepare: async () => {
            await apply(stopwatch, [clientWith(client, used)]);
            load = await Load.begin(client.name, client.gateway);
        },
        measure: () => timeApply(stopwatch, more, 'change'),
        restore: async () => {
            const losses = await load.end();
            note(losses);
            await apply(stopwatch, []);
            if (losses.lost + losses.failed > 0) {
                throw new Error(
                    `something was lost: ${describe(['', [losses]])}`,
                );
            }
        },
    };
}

function lostBy(all: readonly Losses[]): number {
    const { lost, failed } = addLosses(all);
    return lost + failed;
}

function describe([who, all]: [string, Losses[]]): string {
    const { connections, lost, requests, failed } = addLosses(all);
    return (
        `${who}: ${lost} of ${connections} connections lost, ` +
        `${failed} of ${requests} requests failed`
    );
}
