// What happens in a ProxyVM when a deadline has come, whoever is dead.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDue } from '../../proxyvm/core/deadlines.ts';
import { describeStep } from '../../proxyvm/core/describe-step.ts';
import { isDoor } from '../../proxyvm/core/element.ts';
import type { ObservedState } from '../../proxyvm/core/observed-state.ts';
import { plan } from '../../proxyvm/core/plan.ts';
import { planClosing, planExpiry } from '../../proxyvm/core/plan-expiry.ts';
import { isWithin } from '../../proxyvm/core/proxy-record.ts';
import { type ProxyUid, portOf } from '../../proxyvm/core/proxy-uid.ts';
import type {
    DesiredClient,
    Filter,
} from '../../shared/protocol/desired-state.ts';
import { clients, clientWithRules, observedState } from './arbitraries.ts';
import { carryOut, emptyState } from './model.ts';

const runs = { seed: 20261128, numRuns: 2000 };

function applied(desired: readonly DesiredClient[], start = emptyState) {
    return plan(desired, start).steps.reduce(
        (state, step) => carryOut(state, step),
        start,
    );
}

/** The same, so many seconds later, when nobody did anything. */
function passes(state: ObservedState, seconds: number): ObservedState {
    const proxies = state.proxies.map((proxy) => ({
        ...proxy,
        deadlines: proxy.deadlines.map((each) => ({
            ...each,
            seconds: each.seconds - seconds,
        })),
    }));
    return { ...state, proxies };
}

function expire(uid: ProxyUid, start: ObservedState): ObservedState[] {
    const states = [start];
    for (const step of planExpiry(uid, start)) {
        states.push(carryOut(states.at(-1) ?? start, step));
    }
    return states;
}

/** All timers that are due go off, one after the other. */
function timersGoOff(state: ObservedState): ObservedState {
    const due = state.proxies.find(
        ({ isTimed, deadlines }) => isTimed && deadlines.some(isDue),
    );
    return due === undefined
        ? state
        : timersGoOff(expire(due.uid, state).at(-1) ?? state);
}

function filtersOf(state: ObservedState, { uuid }: DesiredClient): Filter[] {
    return state.proxies.flatMap(({ record, isAlive }) =>
        isAlive && record?.uuid === uuid ? [record.filter] : [],
    );
}

/** The filter after so many seconds; null: none. */
function filterAt(
    { filter, deadlines }: DesiredClient,
    seconds: number,
): Filter | null {
    const passed = deadlines.filter((each) => each.seconds <= seconds).at(-1);
    return passed === undefined ? filter : passed.filter;
}

describe('without dom0', () => {
    test('no client is served by more than the filter of the time', () => {
        fc.assert(
            fc.property(
                clients,
                fc.array(fc.constantFrom(3, 10, 11), { maxLength: 4 }),
                (desired, pauses) => {
                    let state = applied(desired);
                    let now = 0;
                    for (const pause of pauses) {
                        now += pause;
                        state = timersGoOff(passes(state, pause));
                        for (const client of desired) {
                            const filter = filterAt(client, now);
                            for (const own of filtersOf(state, client)) {
                                expect(filter && isWithin(own, filter)).toBe(
                                    true,
                                );
                            }
                        }
                    }
                },
            ),
            runs,
        );
    });

    test('each is served by the filter of the time, if it was served before', () => {
        fc.assert(
            fc.property(clients, fc.constantFrom(3, 10, 25), (all, now) => {
                const desired = all.filter(({ xid }) => xid !== null);
                const before = applied(desired);
                const state = timersGoOff(passes(before, now));
                for (const client of desired) {
                    const filter = filterAt(client, now);
                    const doors = doorsOfClient(state, client);
                    const wasServed = doorsOfClient(before, client).length > 0;
                    expect(doors.length > 0).toBe(wasServed && filter !== null);
                }
            }),
            runs,
        );
    });

    test('who was not told of a deadline is left as it is, at every step', () => {
        fc.assert(
            fc.property(clients, (desired) => {
                const start = passes(applied(desired), 10);
                const uids = start.proxies.map(({ uid }) => uid);
                for (const uid of uids) {
                    const owner = start.proxies.find((each) => each.uid === uid)
                        ?.record?.uuid;
                    const rest = (state: ObservedState) => ({
                        doors: state.elements
                            .filter(isDoor)
                            .filter(
                                ({ value }) => ownerOf(value, state) !== owner,
                            ),
                        proxies: state.proxies.filter(
                            ({ record }) => record?.uuid !== owner,
                        ),
                    });
                    for (const state of expire(uid, start)) {
                        expect(rest(state)).toEqual(rest(start));
                    }
                }
            }),
            { ...runs, numRuns: 500 },
        );
    });
});

function ownerOf(port: number | null, { proxies }: ObservedState) {
    return proxies.find(({ uid }) => portOf(uid) === port)?.record?.uuid;
}

function doorsOfClient(state: ObservedState, { uuid }: DesiredClient) {
    return state.elements.filter(
        (each) => isDoor(each) && ownerOf(each.value, state) === uuid,
    );
}

test('a deadline that has come is no other from whatever is there', () => {
    fc.assert(
        fc.property(observedState, (start) => {
            for (const { uid, deadlines, record } of start.proxies) {
                const state = expire(uid, start).at(-1) ?? start;
                const isOver = deadlines.some(isDue);
                const isAlive = state.proxies.some(
                    (each) => each.uid === uid && each.isAlive,
                );
                if (isOver) {
                    expect(isAlive).toBe(false);
                } else {
                    expect(state.elements).toEqual(start.elements);
                }
                expect(record).toBeDefined();
            }
        }),
        runs,
    );
});

test('the same document again changes nothing, though less time is left in it', () => {
    fc.assert(
        fc.property(clients, fc.constantFrom(1, 4, 9), (desired, elapsed) => {
            const later = desired.map((client) => ({
                ...client,
                deadlines: client.deadlines.map((each) => ({
                    ...each,
                    seconds: each.seconds - elapsed,
                })),
            }));
            const state = passes(applied(desired), elapsed);
            expect(plan(later, state).steps).toEqual([]);
        }),
        runs,
    );
});

test('another time is told to systemd, and no proxy is started or ended for it', () => {
    const at = (seconds: number) => ({
        ...clientWithRules(2),
        deadlines: [{ seconds, filter: clientWithRules(1).filter }],
    });
    const state = applied([at(3600)]);
    const actions = (client: DesiredClient) =>
        plan([client], state).steps.map(({ action }) => action);
    expect(actions(at(60))).toEqual(['set-deadlines']);
    expect(actions(at(7200))).toEqual(['set-deadlines']);
    expect(actions(clientWithRules(2))).toEqual(['set-deadlines']);
    expect(actions(at(3599))).toEqual([]);
    const told = (client: DesiredClient) =>
        plan([client], state).steps.map((step) =>
            describeStep(step, () => 'work'),
        );
    expect(told(at(60))).toEqual([
        'let the proxy of work (port 8101) end in 60 s',
    ]);
    expect(told(clientWithRules(2))).toEqual([
        'let the proxy of work (port 8101) run without a deadline',
    ]);
});

test('a client whose rules have an error keeps its deadlines', () => {
    const client = {
        ...clientWithRules(2),
        deadlines: [{ seconds: 60, filter: null }],
    };
    const state = passes(applied([client]), 30);
    const held = { ...client, filter: null, deadlines: [] };
    expect(plan([held], state).steps).toEqual([]);
    expect(timersGoOff(passes(state, 30)).elements.filter(isDoor)).toEqual([]);
});

test('a client whose next proxy does not start is closed', () => {
    const filter = clientWithRules(1).filter;
    const client = {
        ...clientWithRules(2),
        deadlines: [{ seconds: 60, filter }],
    };
    const state = passes(applied([client]), 60);
    const uid = state.proxies[0]?.uid ?? expect.unreachable();
    const half = planExpiry(uid, state)
        .slice(0, 1)
        .reduce((now, step) => carryOut(now, step), state);
    const closed = planClosing(uid, half).reduce(
        (now, step) => carryOut(now, step),
        half,
    );
    expect(closed.proxies).toEqual([]);
    expect(closed.elements.filter(isDoor)).toEqual([]);
});
