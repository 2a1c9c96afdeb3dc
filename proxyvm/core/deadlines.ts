// What ends by itself: filters that take the place of others after some time.
import type {
    Deadline,
    DesiredClient,
    Filter,
} from '../../shared/protocol/desired-state.ts';
import type { Assignments } from './assign.ts';
import { equalFilters, mayDrain } from './drain.ts';
import type { ObservedState } from './observed-state.ts';
import type { ProxyUid } from './proxy-uid.ts';
import type { Timing } from './step.ts';

/**
 * Seconds by which two times may differ and be taken for one: dom0 says anew
 * what is left, in whole seconds, and a call takes its time.
 */
const toleranceSeconds = 2;

/** Whether its time has come; a timer may be early by a fraction. */
export function isDue({ seconds }: Deadline): boolean {
    return seconds <= 0.5;
}

/**
 * Clients of a document as they are to be some seconds after its receipt. One
 * whose last deadline has passed and left it nothing is none any more.
 */
export function clientsAfter(
    clients: readonly DesiredClient[],
    elapsedSeconds: number,
): DesiredClient[] {
    return clients.flatMap((client) => {
        const left = client.deadlines.map((each) => ({
            ...each,
            seconds: each.seconds - elapsedSeconds,
        }));
        const passed = left.filter(isDue).at(-1);
        const deadlines = left.filter((each) => !isDue(each));
        if (passed === undefined) {
            return [{ ...client, deadlines }];
        }
        const { filter } = passed;
        return filter === null ? [] : [{ ...client, filter, deadlines }];
    });
}

/** When a proxy that only drains has to end, if its client's filter follows. */
export function endOfDrain(
    own: Filter,
    beside: Filter | null,
    deadlines: readonly Deadline[],
): Deadline[] {
    const end = deadlines.find(
        ({ filter }) => filter === null || !mayDrain(own, beside, filter),
    );
    return end === undefined ? [] : [{ seconds: end.seconds, filter: null }];
}

/** What is to be said to systemd anew, of those that run on or start. */
export function newTimings(
    { clients, draining }: Assignments,
    observed: ObservedState,
): Timing[] {
    const served = clients.flatMap(({ client, proxy }): Timing[] =>
        proxy === null
            ? []
            : [
                  {
                      uid: proxy.uid,
                      // Without a filter what was said before holds.
                      deadlines:
                          client.filter === null
                              ? deadlinesOf(proxy.uid, observed)
                              : client.deadlines,
                  },
              ],
    );
    const old = draining.map(({ proxy, deadlines }) => ({
        uid: proxy.uid,
        deadlines,
    }));
    return [...served, ...old].filter((timing) => !isSet(timing, observed));
}

function deadlinesOf(
    uid: ProxyUid,
    { proxies }: ObservedState,
): readonly Deadline[] {
    return proxies.find((each) => each.uid === uid)?.deadlines ?? [];
}

function isSet(
    { uid, deadlines }: Timing,
    { proxies }: ObservedState,
): boolean {
    const proxy = proxies.find((each) => each.uid === uid);
    return proxy === undefined
        ? deadlines.length === 0
        : proxy.isTimed && areSame(proxy.deadlines, deadlines);
}

function areSame(
    some: readonly Deadline[],
    others: readonly Deadline[],
): boolean {
    return (
        some.length === others.length &&
        some.every((one, index) => {
            const other = others[index];
            return (
                other !== undefined &&
                Math.abs(one.seconds - other.seconds) <= toleranceSeconds &&
                equalFilters(one.filter, other.filter)
            );
        })
    );
}
