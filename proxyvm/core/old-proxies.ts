// What becomes of proxies that serve nobody any more: they may finish what
// they have open, or end.
import type {
    Deadline,
    DesiredClient,
} from '../../shared/protocol/desired-state.ts';
import { endOfDrain } from './deadlines.ts';
import { drainOf } from './drain.ts';
import { isDoor } from './element.ts';
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import { belongsTo, type KnownProxy } from './proxy-record.ts';
import { allProxyUids, type ProxyUid, portOf } from './proxy-uid.ts';
import type { Drain } from './step.ts';

/** A client, and the proxy that serves it from now on. */
export interface Served {
    readonly client: DesiredClient;
    readonly proxy: KnownProxy | null;
}

/** An old proxy that may finish the connections it has. */
export interface DrainingProxy {
    readonly proxy: ObservedProxy;
    readonly drain: Drain;
    /** When it has to end. */
    readonly deadlines: readonly Deadline[];
}

export interface OldProxies {
    readonly draining: readonly DrainingProxy[];
    /** They must go now. */
    readonly ending: readonly ObservedProxy[];
}

export function assignOldProxies(
    assigned: readonly Served[],
    observed: ObservedState,
): OldProxies {
    const serving = new Set(assigned.map(({ proxy }) => proxy?.uid));
    const rest = observed.proxies.filter(({ uid }) => !serving.has(uid));
    const draining = assigned.flatMap((assignment) =>
        rest
            .flatMap((proxy) => drainingFor(proxy, assignment, observed))
            .sort(byWorth)
            .slice(0, maxDraining(assigned.length)),
    );
    const drained = new Set(draining.map(({ proxy }) => proxy.uid));
    const ending = rest.filter(({ uid }) => !drained.has(uid));
    return { draining, ending };
}

/**
 * As many old proxies of one client may drain at a time. With very many
 * clients fewer: there must be a user id for a new proxy of each.
 */
function maxDraining(clients: number): number {
    const idsForEach = Math.floor(allProxyUids().length / clients);
    const [servingAndNew, most] = [2, 8];
    return Math.max(0, Math.min(most, idsForEach - servingAndNew));
}

/** Only for the same qube under the same addresses may a proxy drain. */
function drainingFor(
    proxy: ObservedProxy,
    { client, proxy: now }: Served,
    observed: ObservedState,
): DrainingProxy[] {
    const { uid, record, isAlive } = proxy;
    if (now === null || !isAlive || !record || !belongsTo(record, client)) {
        return [];
    }
    const drain = drainOf({
        proxy,
        isServing: isServing(uid, observed),
        narrowing: client.narrowing,
        filter: client.filter ?? now.record.filter,
    });
    if (drain === null) {
        return [];
    }
    // Without a filter nobody can tell: what was said before holds.
    const deadlines =
        client.filter === null
            ? proxy.deadlines
            : endOfDrain(record.filter, drain.beside, client.deadlines);
    return [{ proxy, drain, deadlines }];
}

/** Who drains rather than another: who still has connections, then the newer. */
function byWorth({ proxy: a }: DrainingProxy, { proxy: b }: DrainingProxy) {
    return (
        Number(isIdle(a)) - Number(isIdle(b)) ||
        generationOf(b) - generationOf(a)
    );
}

/** One that just begins to drain was not asked yet. */
function isIdle({ isDraining, isBusy }: ObservedProxy): boolean {
    return isDraining && !isBusy;
}

function generationOf(proxy: ObservedProxy): number {
    return proxy.record?.generation ?? 0;
}

/** Whether a door leads to it. */
export function isServing(uid: ProxyUid, observed: ObservedState): boolean {
    const port = portOf(uid);
    return observed.elements.some(
        (element) => element.value === port && isDoor(element),
    );
}
