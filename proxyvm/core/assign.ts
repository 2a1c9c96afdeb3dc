// Who is served by which proxy, and what becomes of the others.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import { locate } from './attached.ts';
import { freeUids } from './free-uids.ts';
import { whyLocalUpstream } from './local-upstream.ts';
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import { assignOldProxies, isServing, type OldProxies } from './old-proxies.ts';
import { belongsTo, fits, isWithin, type KnownProxy } from './proxy-record.ts';
import type { ProxyUid } from './proxy-uid.ts';

export interface Assignment {
    readonly client: DesiredClient;
    /** The proxy that serves it from now on; null: its door is closed. */
    readonly proxy: AssignedProxy | null;
    /** Why it is closed, or has what it had before; empty if neither. */
    readonly reason: string;
}

export interface AssignedProxy extends KnownProxy {
    readonly isNew: boolean;
}

export interface Assignments extends OldProxies {
    readonly clients: readonly Assignment[];
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
    const located = locate(clients, observed.attached);
    const assigned = located.map(({ client, unclear }) => {
        if (unclear !== null) {
            return { client, proxy: null, reason: unclear };
        }
        const local = client.filter
            ? whyLocalUpstream(client.filter, clients, observed.attached)
            : null;
        if (local !== null) {
            return { client, proxy: null, reason: local };
        }
        const obstacle = obstacles.each.get(client.uuid) ?? obstacles.all;
        return assignOne(client, observed, obstacle, free);
    });
    return { clients: assigned, ...assignOldProxies(assigned, observed) };
}

function assignOne(
    client: DesiredClient,
    observed: ObservedState,
    obstacle: string | null,
    free: ProxyUid[],
): Assignment {
    const { filter } = client;
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

function aliveProxiesOf(
    client: DesiredClient,
    observed: ObservedState,
): KnownProxy[] {
    return observed.proxies
        .filter(
            (proxy): proxy is ObservedProxy & KnownProxy =>
                proxy.isAlive &&
                proxy.record !== null &&
                belongsTo(proxy.record, client),
        )
        .sort((a, b) => b.record.generation - a.record.generation);
}

function assignOld(
    client: DesiredClient,
    proxy: KnownProxy | undefined,
    reason: string,
): Assignment {
    return { client, proxy: proxy ? { ...proxy, isNew: false } : null, reason };
}

export function nextGeneration(observed: ObservedState): number {
    const generations = observed.proxies.map(
        ({ record }) => record?.generation ?? 0,
    );
    return Math.max(0, ...generations) + 1;
}
