// Short random histories of what happens to qubes, ProxyVMs, qubesd, rule
// files and the daemon: when one is over, every client reaches exactly what
// its rules say. Each begins where the one before has ended.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
    daemonDown,
    daemonUp,
    leftToDo,
    untilReached,
    untilServed,
} from './daemon.ts';
import { possibleOperations, settle } from './history/operations.ts';
import { restoreQubes } from './history/restore.ts';
import { firstState, toBeReached, toBeServed } from './history/state.ts';

const histories = fc.sample(
    fc.array(fc.nat(), { minLength: 2, maxLength: 5 }),
    { seed: 4, numRuns: 24 },
);

const state = firstState();

beforeAll(daemonUp);
afterAll(async () => {
    await restoreQubes(state);
    await daemonDown();
});

test.each(histories.map((choices, at) => [at + 1, choices] as const))(
    'history %d ends right',
    async (_, choices) => {
        const story: string[] = [];
        try {
            for (const choice of choices) {
                const possible = possibleOperations(state);
                const operation = possible[choice % possible.length];
                story.push(operation?.title ?? '');
                await operation?.run();
            }
            await settle(state);
            await untilReached(toBeReached(state));
            for (const { proxyvm, addresses } of toBeServed(state)) {
                await untilServed(proxyvm, ...addresses);
            }
            await expect.poll(leftToDo, { timeout: 15_000 }).toEqual([]);
        } catch (error) {
            throw new Error(`after ${story.join(', ')}`, { cause: error });
        }
    },
);
