// What the ProxyVMs told of their clients' requests, folded: each answer says
// how much it is by now, so the last one counts.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import type {
    ClientRequests,
    RequestEntry,
    Requests,
} from '../../../shared/protocol/requests.ts';
import type { Qube, System } from '../qube.ts';
import { keyOf, type RequestedHost } from './requested-host.ts';
import { ago, earlier, later } from './times.ts';

/** Hosts kept of one client: as many as an agent keeps. */
export const mostHosts = limits.requestEntries;

export interface Told {
    readonly proxyvm: QubeName;
    readonly requests: Requests;
    /** When it was received: its times count back from then. */
    readonly at: Date;
}

export interface Heard {
    /** What was asked for since the answer before. */
    readonly changed: readonly RequestedHost[];
    /** Qubes of which it told though they are not attached to it: left out. */
    readonly strangers: readonly QubeName[];
    /** How many more it told of that dom0 does not know. */
    readonly unknown: number;
    /** Qubes of which more hosts could not be kept since then. */
    readonly flooded: readonly QubeName[];
}

/** What is known of one qube. */
export interface QubeRequests {
    readonly recording: ClientRequests['recording'];
    /** Requests that were counted, but whose hosts were not kept. */
    readonly unnamed: number;
    readonly hosts: readonly RequestedHost[];
}

interface Client {
    readonly name: QubeName;
    readonly recording: ClientRequests['recording'];
    readonly unnamed: number;
    readonly hosts: Map<string, RequestedHost>;
}

/**
 * Takes answers of several ProxyVMs. It is bounded by the qubes that there
 * are: of what a ProxyVM says only what is about its own clients is kept.
 */
export class RequestBook {
    readonly #proxyvms = new Map<QubeName, Map<Uuid, Client>>();

    /** An answer, or what has changed since the one before. */
    add({ proxyvm, requests, at }: Told, system: System): Heard {
        const known = this.#proxyvms.get(proxyvm) ?? new Map<Uuid, Client>();
        this.#proxyvms.set(proxyvm, known);
        const byUuid = qubesByUuid(system);
        for (const uuid of known.keys()) {
            // A uuid never comes back.
            if (!byUuid.has(uuid)) {
                known.delete(uuid);
            }
        }
        const changed: RequestedHost[] = [];
        const strangers: QubeName[] = [];
        const flooded: QubeName[] = [];
        let unknown = 0;
        for (const told of requests.clients) {
            const qube = byUuid.get(told.uuid);
            if (qube === undefined) {
                unknown += 1;
            } else if (qube.netvm !== proxyvm) {
                strangers.push(qube.name);
            } else {
                const before = known.get(told.uuid);
                const { recording, unnamed } = told;
                const hosts = before?.hosts ?? new Map<string, RequestedHost>();
                const client = { name: qube.name, recording, unnamed, hosts };
                known.set(told.uuid, client);
                changed.push(...take(client, told.entries, at));
                if (told.unnamed > (before?.unnamed ?? 0)) {
                    flooded.push(qube.name);
                }
            }
        }
        return {
            changed,
            strangers: [...new Set(strangers)],
            unknown,
            flooded,
        };
    }

    /** All that is known of a qube; null if no ProxyVM told of it. */
    of(qube: QubeName): QubeRequests | null {
        const clients = [...this.#proxyvms.values()].flatMap((each) =>
            [...each.values()].filter(({ name }) => name === qube),
        );
        const [first] = clients;
        return first === undefined
            ? null
            : {
                  recording:
                      clients.find(({ recording }) => recording !== null)
                          ?.recording ?? null,
                  unnamed: clients.reduce((sum, each) => sum + each.unnamed, 0),
                  hosts: together(clients),
              };
    }
}

function qubesByUuid(system: System): ReadonlyMap<Uuid, Qube> {
    return new Map([...system.values()].map((qube) => [qube.uuid, qube]));
}

/** Puts them in, and returns those that were asked for since. */
function take(
    { name, hosts }: Client,
    entries: readonly RequestEntry[],
    at: Date,
): RequestedHost[] {
    const changed = entries.flatMap((entry) => {
        const key = keyOf(entry);
        const before = hosts.get(key);
        const host = toHost(name, entry, at, before);
        if (before !== undefined && isSame(before, host)) {
            return [];
        }
        // Behind all others, as the ProxyVM has it.
        hosts.delete(key);
        hosts.set(key, host);
        return [host];
    });
    forgetOldest(hosts);
    return changed;
}

function toHost(
    qube: QubeName,
    { host, port, outcome, count, firstAgo, lastAgo }: RequestEntry,
    at: Date,
    before: RequestedHost | undefined,
): RequestedHost {
    const last = ago(at, lastAgo);
    // A ProxyVM that was restarted counts anew.
    const isCountedOn = before !== undefined && before.count <= count;
    const first = isCountedOn ? before.first : earlier(ago(at, firstAgo), last);
    return { qube, host, port, outcome, count, first, last };
}

/** Milliseconds by which a time differs that is told twice: whole seconds. */
const blur = 2000;

function isSame(before: RequestedHost, after: RequestedHost): boolean {
    return (
        before.count === after.count &&
        after.last.getTime() - before.last.getTime() < blur
    );
}

/** Those that were not asked for for longest go. */
function forgetOldest(hosts: Map<string, RequestedHost>): void {
    if (hosts.size <= mostHosts) {
        return;
    }
    const oldest = [...hosts]
        .sort(([, one], [, other]) => one.last.getTime() - other.last.getTime())
        .slice(0, hosts.size - mostHosts);
    for (const [key] of oldest) {
        hosts.delete(key);
    }
}

/** What several ProxyVMs say of one qube, which was moved. */
function together(clients: readonly Client[]): RequestedHost[] {
    const all = new Map<string, RequestedHost>();
    for (const [key, host] of clients.flatMap(({ hosts }) => [...hosts])) {
        const other = all.get(key);
        all.set(
            key,
            other === undefined
                ? host
                : {
                      ...host,
                      count: host.count + other.count,
                      first: earlier(host.first, other.first),
                      last: later(host.last, other.last),
                  },
        );
    }
    return [...all.values()];
}
