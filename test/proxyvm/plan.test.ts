import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apply } from '../../proxyvm/apply/apply.ts';
import { describeStep } from '../../proxyvm/core/describe-step.ts';
import { isDoor } from '../../proxyvm/core/element.ts';
import type { ObservedState } from '../../proxyvm/core/observed-state.ts';
import { plan } from '../../proxyvm/core/plan.ts';
import { isWithin } from '../../proxyvm/core/proxy-record.ts';
import { type ProxyUid, uidOfPort } from '../../proxyvm/core/proxy-uid.ts';
import type {
    DesiredClient,
    Filter,
} from '../../shared/protocol/desired-state.ts';
import { clients, clientWithRules, observedState } from './arbitraries.ts';
import { carryOut, emptyState } from './model.ts';

const runs = { seed: 20261123, numRuns: 3000 };

/** Which filter each door leads to; a dead proxy answers nobody. */
function openDoors(state: ObservedState): Map<string, Filter> {
    const doors = state.elements.filter(isDoor).flatMap((door) => {
        const uid = uidOfPort(door.value ?? 0);
        const proxy = state.proxies.find((each) => each.uid === uid);
        return proxy?.isAlive && proxy.record && state.table === 'ours'
            ? [[`${door.set} ${door.key.join()}`, proxy.record.filter] as const]
            : [];
    });
    return new Map(doors);
}

async function applyTo(
    start: ObservedState,
    desired: readonly DesiredClient[],
    broken: ReadonlySet<ProxyUid>,
    eachState: (state: ObservedState) => void = () => undefined,
) {
    let state = start;
    const applied = await apply(
        {
            observe: async () => state,
            execute: async (step) => {
                state = carryOut(state, step, broken);
                eachState(state);
            },
        },
        desired,
    );
    return { ...applied, state };
}

/** The client that may have that door, now or once it has started. */
function ownerOf(
    door: string,
    desired: readonly DesiredClient[],
): DesiredClient | undefined {
    const [, key = ''] = door.split(' ');
    return desired.find(({ xid, ip4, ip6 }) =>
        [ip4, ip6].some((one) => {
            const addresses = [one?.client, one?.gateway];
            const wanted =
                xid === null ? addresses : [`vif${xid}.0`, ...addresses];
            return one !== null && wanted.join() === key;
        }),
    );
}

/** A client whose rule file has an error keeps the proxy that it had. */
function isOwnOldFilter(
    filter: Filter,
    owner: DesiredClient,
    start: ObservedState,
): boolean {
    return start.proxies.some(
        ({ record, isAlive }) =>
            isAlive && record?.filter === filter && record.uuid === owner.uuid,
    );
}

function mayHave(
    owner: DesiredClient | undefined,
    filter: Filter,
    start: ObservedState,
): boolean {
    if (owner === undefined) {
        return false;
    }
    return owner.filter === null
        ? isOwnOldFilter(filter, owner, start)
        : isWithin(filter, owner.filter);
}

describe('a plan', () => {
    test('is empty after it was applied, from any state to any', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, clients, async (start, desired) => {
                const { state } = await applyTo(start, desired, new Set());
                expect(plan(desired, state).steps).toEqual([]);
            }),
            runs,
        );
    });

    test('serves exactly the desired clients, each by its own filter', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, clients, async (start, desired) => {
                const { state } = await applyTo(start, desired, new Set());
                const doors = openDoors(state);
                for (const [door, filter] of doors) {
                    const owner = ownerOf(door, desired);
                    expect(mayHave(owner, filter, start)).toBe(true);
                    expect(isWithin(owner?.filter ?? filter, filter)).toBe(
                        true,
                    );
                }
                const known = desired.filter(({ filter }) => filter !== null);
                const expected = known.reduce(
                    (sum, { ip6 }) => sum + (ip6 ? 2 : 1),
                    0,
                );
                expect(doors.size).toBeGreaterThanOrEqual(expected);
            }),
            runs,
        );
    });

    test('opens at no step what neither the old nor the new state allows', async () => {
        await fc.assert(
            fc.asyncProperty(
                observedState,
                clients,
                fc.boolean(),
                async (start, desired, someBroken) => {
                    const before = openDoors(start);
                    const broken = new Set(
                        someBroken ? [60_706 as ProxyUid] : [],
                    );
                    await applyTo(start, desired, broken, (state) => {
                        for (const [door, filter] of openDoors(state)) {
                            const old = before.get(door);
                            const isAllowed =
                                mayHave(
                                    ownerOf(door, desired),
                                    filter,
                                    start,
                                ) ||
                                (old && isWithin(filter, old));
                            expect(isAllowed).toBe(true);
                        }
                    });
                },
            ),
            runs,
        );
    });

    test('leaves no proxy alive that lets through more than its client may', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, clients, async (start, desired) => {
                const { state } = await applyTo(start, desired, new Set());
                for (const { record } of state.proxies) {
                    const owner = desired.find(
                        ({ uuid }) => uuid === record?.uuid,
                    );
                    expect(owner).toBeDefined();
                    if (owner?.filter && record) {
                        expect(isWithin(record.filter, owner.filter)).toBe(
                            true,
                        );
                    }
                }
            }),
            runs,
        );
    });

    test('without clients takes away everything of ours', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, async (start) => {
                const { state } = await applyTo(start, [], new Set());
                expect(state.proxies).toEqual([]);
                expect(state.elements).toEqual([]);
                expect(state.table).toBe('absent');
                expect(state.followsResolvers).toBe(false);
                expect(state.inputRule.ip).toBe('absent');
                expect(['absent', 'no-chain']).toContain(state.inputRule.ip6);
            }),
            runs,
        );
    });
});

describe('a client whose proxy does not start', () => {
    const broken = new Set([60_706 as ProxyUid]);

    test('is closed, and the others are served', async () => {
        await fc.assert(
            fc.asyncProperty(clients, async (desired) => {
                const { assignments } = await applyTo(
                    emptyState,
                    desired,
                    broken,
                );
                const wanting = assignments.clients.filter(
                    ({ client }) => client.filter !== null,
                );
                const closed = wanting.filter(({ proxy }) => proxy === null);
                expect(closed.length).toBe(Math.min(1, wanting.length));
            }),
            { ...runs, numRuns: 500 },
        );
    });
});

describe('old proxies of one client', () => {
    test('drain eight at a time; the oldest ends first and is named', async () => {
        let state = emptyState;
        const named: string[] = [];
        for (let rules = 1; rules <= 12; rules += 1) {
            const desired = [clientWithRules(rules)];
            const applied = await applyTo(state, desired, new Set());
            state = applied.state;
            named.push(
                ...applied.steps
                    .filter(({ action }) => action === 'end-proxies')
                    .map((step) => describeStep(step, () => 'work')),
            );
        }
        const draining = state.proxies.filter(({ isDraining }) => isDraining);
        expect(
            draining.map(({ record }) => record?.filter.rules.length),
        ).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
        expect(named).toEqual([
            'end the proxy of work (port 8101), open connections too',
            'end the proxy of work (port 8102), open connections too',
            'end the proxy of work (port 8103), open connections too',
        ]);
    });
});
