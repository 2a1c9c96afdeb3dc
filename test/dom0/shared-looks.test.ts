// One look at all qubes for all who ask meanwhile, and never an older one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inventory } from '../../dom0/adapters/inventory.ts';
import { withSharedLooks } from '../../dom0/adapters/shared-looks.ts';
import type { System } from '../../dom0/core/qube.ts';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';

/** Looks end one by one when they are told to; each is told by its number. */
function lookable() {
    let began = 0;
    const ends: ((isGood: boolean) => void)[] = [];
    const inventory: Inventory = {
        all: () => {
            began += 1;
            const system = new Map([['number', began]]) as unknown as System;
            return new Promise((resolve, reject) => {
                ends.push((isGood) =>
                    isGood ? resolve(system) : reject(new Error('no answer')),
                );
            });
        },
        tagged: () => expect.unreachable(),
        one: () => expect.unreachable(),
    };
    return { inventory, ends, began: () => began };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));
const numberOf = (system: System) => system.get('number' as never) as unknown;

describe('looks at all qubes', () => {
    test('began after they were asked for, and are no more than two at a time', async () => {
        const event = fc.constantFrom('ask', 'end', 'fail');
        await fc.assert(
            fc.asyncProperty(fc.array(event), async (events) => {
                const { inventory, ends, began } = lookable();
                const shared = withSharedLooks(inventory);
                const asked: Promise<void>[] = [];
                for (const each of [...events, 'end', 'end']) {
                    if (each === 'ask') {
                        const before = began();
                        const answer = shared.all().then(
                            (system) =>
                                expect(numberOf(system)).toBeGreaterThan(
                                    before,
                                ),
                            (error) => expect(error.message).toBe('no answer'),
                        );
                        asked.push(answer);
                    } else {
                        ends.shift()?.(each === 'end');
                    }
                    await turns();
                    expect(ends.length).toBeLessThanOrEqual(1);
                }
                await Promise.all(asked);
            }),
            { numRuns: 500, seed: 20261128 },
        );
    });

    test('are two for any number of visits that wait', async () => {
        const { inventory, ends, began } = lookable();
        const shared = withSharedLooks(inventory);
        const asked = Array.from({ length: 10 }, () => shared.all());
        ends.shift()?.(true);
        await turns();
        ends.shift()?.(true);
        const numbers = (await Promise.all(asked)).map(numberOf);
        expect(numbers).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
        expect(began()).toBe(2);
    });

    test('are few when several ProxyVMs are told', async () => {
        const agents = {
            'sys-filter': obedientAgent().agent,
            'sys-firewall': obedientAgent().agent,
        };
        const rules = { work: 'a.test\n', personal: 'b.test\n' };
        const dom0 = await fakeDom0({ agents, rules });
        const { exitCode } = await dom0.cli('update', '--all');
        expect(exitCode).toBe(0);
        const calls = dom0.commands.filter((each) => each.startsWith('qrexec'));
        expect(calls).toHaveLength(2);
        const looks = dom0.commands.filter((each) => each.startsWith('qvm-ls'));
        expect(looks.length).toBeLessThanOrEqual(3);
    });
});
