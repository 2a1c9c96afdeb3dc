import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apply } from '../../proxyvm/apply/apply.ts';
import { describeStep } from '../../proxyvm/core/describe-step.ts';
import {
    type Element,
    elementText,
    isDoor,
    isResolver,
    supportOf,
} from '../../proxyvm/core/element.ts';
import type {
    ObservedProxy,
    ObservedState,
} from '../../proxyvm/core/observed-state.ts';
import { plan } from '../../proxyvm/core/plan.ts';
import { isWithin } from '../../proxyvm/core/proxy-record.ts';
import { type ProxyUid, uidOfPort } from '../../proxyvm/core/proxy-uid.ts';
import type {
    DesiredClient,
    Filter,
} from '../../shared/protocol/desired-state.ts';
import { clients, clientWithRules, observedState } from './arbitraries.ts';
import { keysOf } from './doors.ts';
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
            before: start,
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
    start: ObservedState,
): DesiredClient | undefined {
    const [, key = ''] = door.split(' ');
    return desired.find((client) =>
        keysOf(client, desired, start.attached).has(key),
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

/** It had a door or drained when dom0 said so, now or before. */
function mayDrainWider(
    { uid, isDraining, beside }: ObservedProxy,
    { narrowing, filter }: DesiredClient,
    start: ObservedState,
): boolean {
    const before = start.proxies.find((each) => each.uid === uid);
    const wasSaid = before?.beside && filter && isWithin(before.beside, filter);
    const hadDoor = start.elements.some(
        (each) => isDoor(each) && uidOfPort(each.value ?? 0) === uid,
    );
    const isSaid =
        narrowing !== 'end' && (hadDoor || before?.isDraining === true);
    return isDraining && beside !== null && (wasSaid || isSaid);
}

function isNewIn(uid: ProxyUid, start: ObservedState): boolean {
    return !start.proxies.some((each) => each.uid === uid);
}

/**
 * Each living proxy of a client with a filter ends, by its own timer, when
 * what it lets through is not allowed any more.
 */
function requireTimed(
    { uuid, filter, deadlines }: DesiredClient,
    state: ObservedState,
    isMeant: (uid: ProxyUid) => boolean,
): void {
    const alive = state.proxies.filter(
        (each) =>
            filter !== null &&
            each.isAlive &&
            each.record?.uuid === uuid &&
            isMeant(each.uid),
    );
    for (const { record, beside, deadlines: own, isTimed } of alive) {
        const end = deadlines.find(
            (each) =>
                each.filter === null ||
                record === null ||
                !(
                    isWithin(record.filter, each.filter) ||
                    (beside && isWithin(beside, each.filter))
                ),
        );
        expect(isTimed).toBe(true);
        const [first] = own;
        if (end !== undefined) {
            expect(first?.seconds).toBeLessThanOrEqual(end.seconds + 2);
        }
    }
}

/** Neither a door nor a resolver: what a proxy and its client may reach. */
function isReach(element: Element): boolean {
    return !isDoor(element) && !isResolver(element);
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
                    const owner = ownerOf(door, desired, start);
                    expect(mayHave(owner, filter, start)).toBe(true);
                    expect(isWithin(owner?.filter ?? filter, filter)).toBe(
                        true,
                    );
                }
                const known = desired.filter(
                    (client) =>
                        client.filter !== null &&
                        keysOf(client, desired, start.attached).size > 0,
                );
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
                                    ownerOf(door, desired, start),
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

    test('leaves no proxy alive that lets through more than its client may, unless dom0 let it drain', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, clients, async (start, desired) => {
                const { state } = await applyTo(start, desired, new Set());
                for (const proxy of state.proxies) {
                    const owner = desired.find(
                        ({ uuid }) => uuid === proxy.record?.uuid,
                    );
                    expect(owner).toBeDefined();
                    if (owner?.filter && proxy.record) {
                        const { filter } = proxy.record;
                        expect(
                            isWithin(filter, owner.filter) ||
                                mayDrainWider(proxy, owner, start),
                        ).toBe(true);
                    }
                }
            }),
            runs,
        );
    });

    test('has a timer set for whatever its deadlines end, before it is open', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, clients, async (start, desired) => {
                const { state } = await applyTo(
                    start,
                    desired,
                    new Set(),
                    (during) => {
                        for (const owner of desired) {
                            requireTimed(owner, during, (uid) =>
                                isNewIn(uid, start),
                            );
                        }
                    },
                );
                for (const owner of desired) {
                    requireTimed(owner, state, () => true);
                }
            }),
            runs,
        );
    });

    test('at no step lets a proxy or a client reach what neither state has', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, clients, async (start, desired) => {
                const before = new Set(start.elements.map(elementText));
                await applyTo(start, desired, new Set(), (state) => {
                    for (const element of state.elements.filter(isReach)) {
                        const isOwn = state.proxies.some(
                            ({ uid, record }) =>
                                record !== null &&
                                supportOf(uid, record)
                                    .map(elementText)
                                    .includes(elementText(element)),
                        );
                        const wasThere = before.has(elementText(element));
                        expect(isOwn || wasThere).toBe(true);
                    }
                });
            }),
            runs,
        );
    });

    test('without clients takes away everything of ours', async () => {
        await fc.assert(
            fc.asyncProperty(observedState, async (start) => {
                const { state } = await applyTo(start, [], new Set());
                expect(state.proxies).toEqual([]);
                expect(state.spare).toBeNull();
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
        expect(draining.map(({ record }) => record?.filter.rules)).toEqual([
            4, 5, 6, 7, 8, 9, 10, 11,
        ]);
        expect(named).toEqual([
            'end the proxy of work (port 8101), open connections too',
            'end the proxy of work (port 8102), open connections too',
            'end the proxy of work (port 8103), open connections too',
        ]);
    });
});

test('of old proxies past that number those end first that have no connection', async () => {
    let state = emptyState;
    for (let rules = 1; rules <= 30; rules += 1) {
        state = (await applyTo(state, [clientWithRules(rules)], new Set()))
            .state;
        // All but the very first one lose their connections at once.
        state = {
            ...state,
            proxies: state.proxies.map((proxy) => ({
                ...proxy,
                isBusy: proxy.record?.filter.rules === 1,
            })),
        };
    }
    const draining = state.proxies.filter(({ isDraining }) => isDraining);
    expect(draining.map(({ record }) => record?.filter.rules)).toEqual([
        1, 23, 24, 25, 26, 27, 28, 29,
    ]);
});

describe('a removal whose connections dom0 lets drain', () => {
    const drain = { drainSeconds: 60 };
    const draining = (state: ObservedState) =>
        state.proxies
            .filter(({ isDraining }) => isDraining)
            .map(({ record }) => record?.filter.rules);

    /** Rules after each change, and what it does to connections. */
    async function change(
        ...changes: [number, DesiredClient['narrowing']][]
    ): Promise<ObservedState> {
        let state = emptyState;
        for (const [rules, narrowing] of changes) {
            const client = { ...clientWithRules(rules), narrowing };
            state = (await applyTo(state, [client], new Set())).state;
        }
        return state;
    }

    test('leaves the old proxy until then, through changes that narrow nothing', async () => {
        const removed = [3, drain] as const;
        expect(draining(await change([5, 'end'], [...removed]))).toEqual([5]);
        const after = await change([5, 'end'], [...removed], [3, 'end']);
        expect(draining(after)).toEqual([5]);
        const added = await change([5, 'end'], [...removed], [4, 'end']);
        expect(draining(added)).toEqual([5, 3]);
    });

    test('ends with the next removal that is none', async () => {
        const state = await change([5, 'end'], [4, drain], [3, 'end']);
        expect(draining(state)).toEqual([]);
        expect(state.proxies).toHaveLength(1);
    });

    test('lets older proxies drain on too', async () => {
        const state = await change([4, 'end'], [5, 'end'], [3, drain]);
        expect(draining(state)).toEqual([4, 5]);
    });

    test('does not bring back what a removal before was to end', async () => {
        const start = await change([5, 'end']);
        const narrower = clientWithRules(4);
        const interrupted = plan([narrower], start).steps;
        const end = interrupted.findIndex(
            ({ action }) => action === 'end-proxies',
        );
        const half = interrupted
            .slice(0, end)
            .reduce((state, step) => carryOut(state, step), start);
        const next = { ...clientWithRules(3), narrowing: drain };
        const { state } = await applyTo(half, [next], new Set());
        expect(draining(state)).toEqual([4]);
    });
});
