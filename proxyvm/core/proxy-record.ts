// What a proxy was started with: kept beside its configuration under /run,
// so that the next call knows what runs without asking anybody.
import * as v from 'valibot';
import { isInNetwork } from '../../shared/domain/network.ts';
import {
    areLinesWithin,
    type ConfinedLine,
} from '../../shared/pattern/index.ts';
import {
    addressesOf,
    attachmentSchemas,
    type DesiredClient,
    type Filter,
    type PrivateDestination,
} from '../../shared/protocol/desired-state.ts';
import { filterSchema } from '../../shared/protocol/filter.ts';
import { bySpecificity } from '../../shared/protocol/route.ts';
import { counter, qubeName, uuid } from '../../shared/protocol/schema.ts';
import type { ProxyUid } from './proxy-uid.ts';

/** Its lines were checked when they came in; now they are only compared. */
const keptLine = v.pipe(
    v.string(),
    v.transform((line) => line as ConfinedLine),
);

/** A filter that came in by a document before, and was kept. */
export const keptFilter = v.strictObject({
    ...filterSchema.entries,
    lines: v.array(keptLine),
});

export const proxyRecord = v.strictObject({
    name: qubeName,
    uuid,
    ip4: v.nullable(attachmentSchemas.ip4),
    ip6: v.nullable(attachmentSchemas.ip6),
    filter: keptFilter,
    /** Orders the proxies of one client: a higher one is newer. */
    generation: counter,
});

export type ProxyRecord = v.InferOutput<typeof proxyRecord>;

/** A proxy of which is known what it was, or is to be, started with. */
export interface KnownProxy {
    readonly uid: ProxyUid;
    readonly record: ProxyRecord;
}

/** Whether a proxy with this record is what the client is to have. */
export function fits(
    record: ProxyRecord,
    client: Pick<DesiredClient, 'uuid' | 'ip4' | 'ip6'>,
    filter: Filter,
): boolean {
    return (
        belongsTo(record, client) &&
        isWithin(record.filter, filter) &&
        isWithin(filter, record.filter) &&
        record.filter.timeoutSeconds === filter.timeoutSeconds &&
        record.filter.maxClients === filter.maxClients &&
        record.filter.record === filter.record
    );
}

/** Whether it was made for this qube under the addresses it has now. */
export function belongsTo(
    record: ProxyRecord,
    client: Pick<DesiredClient, 'uuid' | 'ip4' | 'ip6'>,
): boolean {
    return (
        record.uuid === client.uuid &&
        addressesOf(record).join() === addressesOf(client).join()
    );
}

/**
 * Whether `inner` lets through nothing that `outer` does not: a `true` is
 * certain, a `false` may be overcautious; see `areLinesWithin`. Of two block
 * lists the one that blocks more is within; a list of hosts that are allowed
 * and one of hosts that are blocked are not compared. With other upstreams it
 * is none of it: each may let through what another one refuses, and sees what
 * that one was not to see. Time-outs and limits are no matter of what is
 * reached: who has a connection keeps it.
 */
export function isWithin(inner: Filter, outer: Filter): boolean {
    const [fewer, more] =
        outer.default === 'deny' ? [inner, outer] : [outer, inner];
    return (
        inner.default === outer.default &&
        areLinesWithin(fewer.lines, more.lines) &&
        inner.connectPorts.every((port) => outer.connectPorts.includes(port)) &&
        inner.httpPorts.every((port) => outer.httpPorts.includes(port)) &&
        inner.privateDestinations.every((one) =>
            outer.privateDestinations.some((other) => isCovered(one, other)),
        ) &&
        routesOf(inner) === routesOf(outer)
    );
}

function isCovered(inner: PrivateDestination, outer: PrivateDestination) {
    return (
        isInNetwork(inner.network, outer.network) &&
        inner.ports.every((port) => outer.ports.includes(port))
    );
}

/** Equal for upstreams that lead the same hosts the same way. */
function routesOf({ upstreams }: Filter): string {
    const routes = bySpecificity(upstreams).map((each) => {
        const to = each.kind === 'none' ? [] : [each.address, each.port];
        return [each.domain, each.kind, ...to];
    });
    return JSON.stringify(routes);
}
