// Who is served by which proxy, and what becomes of the others.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import { isDoor } from './element.ts';
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import { belongsTo, fits, isWithin, type ProxyRecord } from './proxy-record.ts';
import { allProxyUids, type ProxyUid, portOf, uidOfPort } from './proxy-uid.ts';

/** As many old proxies of one client may drain at a time. */
const maxDrainingPerClient = 8;

export interface Assignment {
    readonly client: DesiredClient;
    /** The proxy that serves it from now on; null: its door is closed. */
    readonly proxy: AssignedProxy | null;
    /** Why it is closed. */
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
    readonly draining: readonly ObservedProxy[];
    /** Proxies that must go now. */
    readonly ending: readonly ObservedProxy[];
}

/** What the agent could not do for a client in an earlier round, by uuid. */
export type Failures = ReadonlyMap<string, string>;

export function assign(
    clients: readonly DesiredClient[],
    observed: ObservedState,
    failures: Failures,
): Assignments {
    const free = freeUids(observed);
    const assigned = clients.map((client) =>
        assignOne(client, observed, failures.get(client.uuid), free),
    );
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
    failure: string | undefined,
    free: ProxyUid[],
): Assignment {
    const { filter } = client;
    const own = aliveProxiesOf(client, observed);
    const serving = own.find(({ uid }) => isServing(uid, observed));
    if (filter === null) {
        return keep(
            client,
            serving,
            'its rules have an error; nothing was in force before',
        );
    }
    if (failure !== undefined) {
        // What runs may go on only if it lets through nothing more.
        const isSafe = serving && isWithin(serving.record.filter, filter);
        return keep(client, isSafe ? serving : undefined, failure);
    }
    const candidates = serving ? [serving, ...own] : own;
    const fitting = candidates.find(({ record }) =>
        fits(record, client, filter),
    );
    if (fitting) {
        return keep(client, fitting, '');
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

function keep(
    client: DesiredClient,
    proxy: RecordedProxy | undefined,
    reasonIfNone: string,
): Assignment {
    return proxy
        ? { client, proxy: { ...proxy, isNew: false }, reason: '' }
        : { client, proxy: null, reason: reasonIfNone };
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
            .filter((proxy) => mayDrain(proxy, assignment))
            .sort((a, b) => generationOf(b) - generationOf(a))
            .slice(0, maxDrainingPerClient),
    );
    const ending = rest.filter((proxy) => !draining.includes(proxy));
    return { draining, ending };
}

/**
 * An old proxy may finish its connections only for the same qube under the
 * same addresses, and only if it lets through nothing that the new does not.
 */
function mayDrain(
    proxy: ObservedProxy,
    { client, proxy: now }: Assignment,
): boolean {
    return (
        now !== null &&
        proxy.isAlive &&
        proxy.record !== null &&
        belongsTo(proxy.record, client) &&
        isWithin(proxy.record.filter, client.filter ?? now.record.filter)
    );
}

function generationOf(proxy: ObservedProxy): number {
    return proxy.record?.generation ?? 0;
}
