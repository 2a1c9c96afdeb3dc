// What a proxy was started with: kept beside its configuration under /run,
// so that the next call knows what runs without asking anybody.
import * as v from 'valibot';
import {
    areLinesWithin,
    type ConfinedLine,
} from '../../shared/pattern/index.ts';
import {
    addressesOf,
    attachmentSchemas,
    type DesiredClient,
    type Filter,
    filterSchema,
} from '../../shared/protocol/desired-state.ts';
import { counter, qubeName, uuid } from '../../shared/protocol/schema.ts';

/** Its lines were checked when they came in; now they are only compared. */
const recordedLine = v.pipe(
    v.string(),
    v.transform((line) => line as ConfinedLine),
);

/** A filter that came in by a document before, and was kept. */
export const recordedFilter = v.strictObject({
    ...filterSchema.entries,
    lines: v.array(recordedLine),
});

export const proxyRecord = v.strictObject({
    name: qubeName,
    uuid,
    ip4: v.nullable(attachmentSchemas.ip4),
    ip6: v.nullable(attachmentSchemas.ip6),
    filter: recordedFilter,
    /** Orders the proxies of one client: a higher one is newer. */
    generation: counter,
});

export type ProxyRecord = v.InferOutput<typeof proxyRecord>;

/** Whether a proxy with this record is what the client is to have. */
export function fits(
    record: ProxyRecord,
    client: Pick<DesiredClient, 'uuid' | 'ip4' | 'ip6'>,
    filter: Filter,
): boolean {
    return (
        belongsTo(record, client) &&
        isWithin(record.filter, filter) &&
        isWithin(filter, record.filter)
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
 * and one of hosts that are blocked are not compared.
 */
export function isWithin(inner: Filter, outer: Filter): boolean {
    const [fewer, more] =
        outer.default === 'deny' ? [inner, outer] : [outer, inner];
    return (
        inner.default === outer.default &&
        areLinesWithin(fewer.lines, more.lines) &&
        inner.connectPorts.every((port) => outer.connectPorts.includes(port)) &&
        inner.httpPorts.every((port) => outer.httpPorts.includes(port))
    );
}
