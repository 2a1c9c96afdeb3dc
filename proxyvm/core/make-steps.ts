// The steps of a plan, one kind at a time; none where there is nothing to do.
import type { AssignedProxy, Assignments } from './assign.ts';
import { isDrainingSo } from './drain.ts';
import { type Element, without } from './element.ts';
import type { Family, ObservedState } from './observed-state.ts';
import type { ProxyUid } from './proxy-uid.ts';
import type { Step } from './step.ts';

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
    return families
        .filter((family) => isToInsert(observed.inputRule[family]))
        .map((family) => ({ action: 'insert-input-rule', family }));
}

type InputRule = ObservedState['inputRule'][Family];

function isToInsert(rule: InputRule): boolean {
    return rule === 'absent' || rule === 'foreign';
}

export function removeInputRules(observed: ObservedState): Step[] {
    return families
        .filter((family) => isThere(observed.inputRule[family]))
        .map((family) => ({ action: 'remove-input-rule', family }));
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

export function startProxies(assigned: readonly AssignedProxy[]): Step[] {
    const proxies = assigned.map(({ uid, record }) => ({ uid, record }));
    return [
        ...proxies.map((proxy): Step => ({ action: 'write-proxy', ...proxy })),
        ...only(proxies.length > 0, { action: 'start-proxies', proxies }),
    ];
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

export function drainProxies(assignments: Assignments): Step[] {
    const drains = assignments.draining
        .filter(({ proxy, drain }) => !isDrainingSo(proxy, drain))
        .map(({ drain }) => drain);
    return only(drains.length > 0, { action: 'drain-proxies', drains });
}

function drainingUids(observed: ObservedState): Set<ProxyUid> {
    const draining = observed.proxies.filter(({ isDraining }) => isDraining);
    return new Set(draining.map(({ uid }) => uid));
}

export function endProxies(uids: readonly ProxyUid[]): Step[] {
    return only(uids.length > 0, { action: 'end-proxies', uids });
}

export function removeProxies(uids: readonly ProxyUid[]): Step[] {
    return only(uids.length > 0, { action: 'remove-proxies', uids });
}
