// Who is served by which proxy, and what becomes of the others.
import {
    addressesOf,
    type DesiredClient,
} from '../../shared/protocol/desired-state.ts';
import { drainOf } from './drain.ts';
import { isDoor } from './element.ts';
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import { belongsTo, fits, isWithin, type ProxyRecord } from './proxy-record.ts';
import { allProxyUids, type ProxyUid, portOf, uidOfPort } from './proxy-uid.ts';
import type { Drain } from './step.ts';

/**
 * As many old proxies of one client may drain at a time. With very many
 * clients fewer: there must be a user id for a new proxy of each.
 */
function maxDraining(clients: number): number {
    const idsForEach = Math.floor(allProxyUids().length / clients);
    const [servingAndNew, most] = [2, 8];
    return Math.max(0, Math.min(most, idsForEach - servingAndNew));
}

export interface Assignment {
    readonly client: DesiredClient;
    /** The proxy that serves it from now on; null: its door is closed. */
    readonly proxy: AssignedProxy | null;
    /** Why it is closed, or has what it had before; empty if neither. */
    readonly reason: string;
}

export interface AssignedProxy {
    readonly uid: ProxyUid;
    readonly record: ProxyRecord;
    readonly isNew: boolean;
}

export interface Assignments {
    readonly clients: readonly Assignment[];
    /** Old proxies that may finish the connections they have. */
    readonly draining: readonly DrainingProxy[];
    /** Proxies that must go now. */
    readonly ending: readonly ObservedProxy[];
}

export interface DrainingProxy {
    readonly proxy: ObservedProxy;
    readonly drain: Drain;
}

/** What keeps the agent from starting proxies; each is a reason to show. */
export interface Obstacles {
    /** For everybody; null: nothing does. */
    readonly all: string | null;
    /** For a client, in an earlier round, by uuid. */
    readonly each: ReadonlyMap<string, string>;
}

export const noObstacles: Obstacles = { all: null, each: new Map() };

export function assign(
    clients: readonly DesiredClient[],
    observed: ObservedState,
    obstacles: Obstacles,
): Assignments {
    const free = freeUids(observed);
    const assigned = clients.map((client) => {
        const obstacle = obstacles.each.get(client.uuid) ?? obstacles.all;
        return assignOne(client, observed, obstacle, free);
    });
    return { clients: assigned, ...others(assigned, observed) };
}

function freeUids(observed: ObservedState): ProxyUid[] {
    const taken = new Set<number>(observed.proxies.map(({ uid }) => uid));
    const busy = new Set(observed.busyPorts);
    return allProxyUids().filter(
        (uid) => !taken.has(uid) && !busy.has(portOf(uid)),
    );
}

function assignOne(
    client: DesiredClient,
    observed: ObservedState,
    obstacle: string | null,
    free: ProxyUid[],
): Assignment {
    const { filter } = client;
    if (isTakenWhileStarting(client, observed)) {
        const reason = 'another qube has its address: closed until dom0 looks';
        return { client, proxy: null, reason };
    }
    const own = aliveProxiesOf(client, observed);
    const serving = own.find(({ uid }) => isServing(uid, observed));
    if (filter === null) {
        const reason = 'its rules have an error: nothing new is in force';
        return assignOld(client, serving, reason);
    }
    const candidates = serving ? [serving, ...own] : own;
    const fitting = candidates.find(({ record }) =>
        fits(record, client, filter),
    );
    if (fitting) {
        return assignOld(client, fitting, '');
    }
    if (obstacle !== null) {
        // What runs may go on only if it lets through nothing more.
        const isSafe = serving && isWithin(serving.record.filter, filter);
        return assignOld(client, isSafe ? serving : undefined, obstacle);
    }
    const uid = free.shift();
    if (uid === undefined) {
        const reason = 'this ProxyVM has no user id left for another proxy';
        return { client, proxy: null, reason };
    }
    const { name, uuid, ip4, ip6 } = client;
    const generation = nextGeneration(observed);
    const record = { name, uuid, ip4, ip6, filter, generation };
    return { client, proxy: { uid, record, isNew: true }, reason: '' };
}

/**
 * The door of a qube that starts is its address alone: whose vif has that
 * address now would come in by it.
 */
function isTakenWhileStarting(
    client: DesiredClient,
    { attachedAddresses }: ObservedState,
): boolean {
    return (
        client.xid === null &&
        addressesOf(client).some((each) => attachedAddresses.includes(each))
    );
}

type RecordedProxy = ObservedProxy & { readonly record: ProxyRecord };

function aliveProxiesOf(
    client: DesiredClient,
    observed: ObservedState,
): RecordedProxy[] {
    return observed.proxies
        .filter(
            (proxy): proxy is RecordedProxy =>
                proxy.isAlive &&
                proxy.record !== null &&
                belongsTo(proxy.record, client),
        )
        .sort((a, b) => b.record.generation - a.record.generation);
}

function isServing(uid: ProxyUid, observed: ObservedState): boolean {
    return observed.elements.some(
        (element) =>
            isDoor(element) &&
            element.value !== null &&
            uidOfPort(element.value) === uid,
    );
}

function assignOld(
    client: DesiredClient,
    proxy: RecordedProxy | undefined,
    reason: string,
): Assignment {
    return { client, proxy: proxy ? { ...proxy, isNew: false } : null, reason };
}

function nextGeneration(observed: ObservedState): number {
    const generations = observed.proxies.map(
        ({ record }) => record?.generation ?? 0,
    );
    return Math.max(0, ...generations) + 1;
}

function others(
    assigned: readonly Assignment[],
    observed: ObservedState,
): Pick<Assignments, 'draining' | 'ending'> {
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

/** Only for the same qube under the same addresses may a proxy drain. */
function drainingFor(
    proxy: ObservedProxy,
    { client, proxy: now }: Assignment,
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
    return drain === null ? [] : [{ proxy, drain }];
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
