// The steps of a plan, one kind at a time; none where there is nothing to do.
import type { Assignments } from './assign.ts';
import { isDrainingSo } from './drain.ts';
import { type Element, without } from './element.ts';
import type { Family, ObservedState } from './observed-state.ts';
import type { KnownProxy } from './proxy-record.ts';
import type { ProxyUid } from './proxy-uid.ts';
import type { Drain, Step, Timing } from './step.ts';

export function only(condition: boolean, step: Step): Step[] {
    return condition ? [step] : [];
}

export function changeElements(
    from: readonly Element[],
    to: readonly Element[],
): Step[] {
    const remove = without(from, to);
    const add = without(to, from);
    return only(remove.length + add.length > 0, {
        action: 'change-elements',
        remove,
        add,
    });
}

const families: readonly Family[] = ['ip', 'ip6'];

export function insertInputRules(observed: ObservedState): Step[] {
    const where = (...rules: InputRule[]) =>
        families.filter((family) => rules.includes(observed.inputRule[family]));
    const wanted = where('absent', 'foreign');
    return only(wanted.length > 0, {
        action: 'insert-input-rules',
        families: wanted,
        replacing: where('foreign'),
    });
}

type InputRule = ObservedState['inputRule'][Family];

export function removeInputRules(observed: ObservedState): Step[] {
    const there = families.filter((family) =>
        isThere(observed.inputRule[family]),
    );
    return only(there.length > 0, {
        action: 'remove-input-rules',
        families: there,
    });
}

function isThere(rule: InputRule): boolean {
    return rule === 'ours' || rule === 'foreign';
}

export function followResolvers(on: boolean, observed: ObservedState): Step[] {
    return only(observed.followsResolvers !== on, {
        action: 'follow-resolvers',
        on,
    });
}

/**
 * Old proxies drain from the same step on, or, without any, from an own. What
 * is to end by itself has its deadline before it begins.
 */
export function startProxies(
    assigned: readonly KnownProxy[],
    drains: readonly Drain[],
    timings: readonly Timing[],
): Step[] {
    const proxies = assigned.map(({ uid, record }) => ({ uid, record }));
    return [
        ...proxies.map((proxy): Step => ({ action: 'write-proxy', ...proxy })),
        ...setDeadlines(timings),
        ...only(proxies.length > 0, {
            action: 'start-proxies',
            proxies,
            drains,
        }),
    ];
}

export function setDeadlines(timings: readonly Timing[]): Step[] {
    return only(timings.length > 0, { action: 'set-deadlines', timings });
}

/** A draining proxy that serves again must not end when it is idle. */
export function keepProxies(
    assignments: Assignments,
    observed: ObservedState,
): Step[] {
    const draining = drainingUids(observed);
    const uids = assignments.clients
        .flatMap(({ proxy }) => (proxy ? [proxy.uid] : []))
        .filter((uid) => draining.has(uid));
    return only(uids.length > 0, { action: 'keep-proxies', uids });
}

/** Of old proxies that do not drain like that yet. */
export function newDrains(assignments: Assignments): Drain[] {
    return assignments.draining
        .filter(({ proxy, drain }) => !isDrainingSo(proxy, drain))
        .map(({ drain }) => drain);
}

export function drainProxies(drains: readonly Drain[]): Step[] {
    return only(drains.length > 0, { action: 'drain-proxies', drains });
}

function drainingUids(observed: ObservedState): Set<ProxyUid> {
    const draining = observed.proxies.filter(({ isDraining }) => isDraining);
    return new Set(draining.map(({ uid }) => uid));
}

export function endProxies(uids: readonly ProxyUid[]): Step[] {
    return only(uids.length > 0, { action: 'end-proxies', uids });
}

export function endSpare({ spare }: ObservedState): Step[] {
    return spare === null ? [] : [{ action: 'end-spare', uid: spare }];
}

export function removeProxies(uids: readonly ProxyUid[]): Step[] {
    return only(uids.length > 0, { action: 'remove-proxies', uids });
}
