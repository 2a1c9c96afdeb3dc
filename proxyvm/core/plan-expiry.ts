// What there is to do when the time of a filter is over, without dom0. Pure.
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { nextGeneration } from './assign.ts';
import { isDue } from './deadlines.ts';
import { mayDrain } from './drain.ts';
import { type Element, isDoor, without } from './element.ts';
import { freeUids } from './free-uids.ts';
import {
    changeElements,
    endProxies,
    removeProxies,
    setDeadlines,
    startProxies,
} from './make-steps.ts';
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import { isServing } from './old-proxies.ts';
import type { ProxyRecord } from './proxy-record.ts';
import { type ProxyUid, portOf } from './proxy-uid.ts';
import type { Plan } from './step.ts';
import { support } from './table-states.ts';

/**
 * Puts the next filter of a proxy's client in its place if it is due, and ends
 * what lets through more: as dom0 would, but for this client alone.
 */
export function planExpiry(uid: ProxyUid, observed: ObservedState): Plan {
    const proxy = observed.proxies.find((each) => each.uid === uid);
    if (proxy === undefined) {
        return [];
    }
    const { deadlines, record } = proxy;
    const passed = deadlines.filter(isDue).at(-1);
    if (passed === undefined) {
        // It is the timer of what was said before.
        return setDeadlines(proxy.isTimed ? [] : [{ uid, deadlines }]);
    }
    const { filter } = passed;
    const isOpen = observed.table === 'ours' && isServing(uid, observed);
    return record !== null && filter !== null && isOpen
        ? replace(proxy, record, filter, observed)
        : planClosing(uid, observed);
}

/** Ends a proxy, and if it serves all that its client has open. */
export function planClosing(uid: ProxyUid, observed: ObservedState): Plan {
    const proxy = observed.proxies.find((each) => each.uid === uid);
    if (proxy === undefined) {
        return [];
    }
    const ending = isServing(uid, observed)
        ? [proxy, ...siblingsOf(proxy, observed)]
        : [proxy];
    if (observed.table !== 'ours') {
        // Somebody has his hands in it: dom0's next call loads it anew.
        return endProxies(ending.map((each) => each.uid));
    }
    const closed = without(observed.elements, doorsTo(ending, observed));
    return [
        ...changeElements(observed.elements, closed),
        ...end(ending, closed),
    ];
}

function replace(
    proxy: ObservedProxy,
    record: ProxyRecord,
    filter: Filter,
    observed: ObservedState,
): Plan {
    const [uid] = freeUids(observed);
    if (uid === undefined) {
        return planClosing(proxy.uid, observed);
    }
    const generation = nextGeneration(observed);
    const next = { uid, record: { ...record, filter, generation } };
    const deadlines = proxy.deadlines.filter((each) => !isDue(each));
    const timings = deadlines.length > 0 ? [{ uid, deadlines }] : [];
    const ending = [
        proxy,
        ...siblingsOf(proxy, observed).filter(
            (each) => !staysBeside(each, filter),
        ),
    ];
    const doors = doorsTo([proxy], observed);
    const opened = [
        ...without(observed.elements, doorsTo(ending, observed)),
        ...doors.flatMap((door) => leadTo(uid, door)),
        ...support([next]),
    ];
    return [
        ...startProxies([next], [], timings),
        ...changeElements(observed.elements, opened),
        ...end(ending, opened),
    ];
}

/** The door of a qube that starts is not open for longer by this. */
function leadTo(uid: ProxyUid, door: Element): Element[] {
    const isStarting = door.set === 'starting4' || door.set === 'starting6';
    return isStarting ? [] : [{ ...door, value: portOf(uid) }];
}

function staysBeside(
    { record, beside, isAlive, isDraining }: ObservedProxy,
    filter: Filter,
): boolean {
    return (
        isAlive &&
        isDraining &&
        record !== null &&
        mayDrain(record.filter, beside, filter)
    );
}

/** What is not known to be a proxy's is left to dom0's next call. */
function end(ending: readonly ObservedProxy[], now: readonly Element[]): Plan {
    const known = ending.filter(({ record }) => record !== null);
    return [
        ...endProxies(ending.map(({ uid }) => uid)),
        ...changeElements(now, without(now, support(known))),
        ...removeProxies(known.map(({ uid }) => uid)),
    ];
}

function doorsTo(
    proxies: readonly ObservedProxy[],
    { elements }: ObservedState,
): Element[] {
    const ports = proxies.map(({ uid }) => portOf(uid));
    return elements.filter(
        (element) =>
            isDoor(element) &&
            element.value !== null &&
            ports.includes(element.value),
    );
}

/** The other proxies of its client. */
function siblingsOf(
    { uid, record }: ObservedProxy,
    { proxies }: ObservedState,
): ObservedProxy[] {
    return proxies.filter(
        (each) =>
            each.uid !== uid &&
            record !== null &&
            each.record?.uuid === record.uuid,
    );
}
