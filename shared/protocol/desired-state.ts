// What dom0 wants of one ProxyVM: nouns only, complete, and the only thing
// that the agent acts on. Unknown fields and values are refused, never
// ignored: a rule that one side does not understand must not be half in force.
import * as v from 'valibot';
import { filterSchema, isDistinct } from './filter.ts';
import { limits } from './limits.ts';
import { counter, ip4, ip6, qubeName, uuid } from './schema.ts';

export const protocolVersion = 1;

/** An address of a client and the gateway address it knows, both or none. */
export const attachmentSchemas = {
    ip4: v.strictObject({ client: ip4, gateway: ip4 }),
    ip6: v.strictObject({ client: ip6, gateway: ip6 }),
};

/** Xen's highest domain id (xen/include/public/xen.h, DOMID_FIRST_RESERVED). */
const lastXid = 0x7fef;

/**
 * Connections of before go on, and may use the old rules, until they end by
 * themselves or the time is over.
 */
const drain = v.strictObject({
    drainSeconds: v.pipe(
        counter,
        v.minValue(1),
        v.maxValue(limits.drainSeconds),
    ),
});

/** What takes the place of a filter after some time, without dom0. */
const deadline = v.strictObject({
    /** From the receipt of the document on. */
    seconds: v.pipe(counter, v.minValue(1), v.maxValue(limits.deadlineSeconds)),
    /** What holds from then on; null: nothing, the client is closed. */
    filter: v.nullable(filterSchema),
});

const deadlines = v.pipe(
    v.array(deadline),
    v.maxLength(limits.deadlines),
    v.check(
        (all) =>
            all.every(
                ({ seconds }, index) =>
                    seconds > (all[index - 1]?.seconds ?? 0),
            ),
        'the deadlines are not in order',
    ),
    v.check(
        (all) => all.slice(0, -1).every(({ filter }) => filter !== null),
        'something follows the end of all rules',
    ),
);

const xid = v.pipe(counter, v.minValue(1), v.maxValue(lastXid));

const client = v.strictObject({
    name: qubeName,
    uuid,
    /** The Xen domain that may use the addresses; null while it starts. */
    xid: v.nullable(xid),
    /**
     * The one that emulates an HVM's devices: it has each interface of that as
     * well, with the same address (xen tools/libs/light/libxl_dm.c,
     * libxl__dm_vifs_from_hvm_guest_config). Null: there is none.
     */
    stubdomXid: v.nullable(xid),
    /**
     * Of one that starts: the domains that ran before it. An interface with
     * its address is its own if it is of none of them.
     */
    ranBefore: v.pipe(v.array(xid), v.maxLength(limits.domains)),
    ip4: v.nullable(attachmentSchemas.ip4),
    ip6: v.nullable(attachmentSchemas.ip6),
    /**
     * Null when dom0 cannot tell it now, since its rule file has an error:
     * what is in force for this uuid stays, and nothing new is opened.
     */
    filter: v.nullable(filterSchema),
    /** The filters that follow it, in order; none after a null filter. */
    deadlines,
    /** What becomes of open connections if the filter is a narrower one. */
    narrowing: v.union([v.literal('end'), drain]),
});

/**
 * When dom0 made the document: its boot and a number that only grows in it.
 * The agent refuses one that is older than the last it accepted.
 */
export const issuedSchema = v.strictObject({ boot: uuid, counter });

export type Deadline = v.InferOutput<typeof deadline>;
export type DesiredClient = v.InferOutput<typeof client>;
export type Issued = v.InferOutput<typeof issuedSchema>;

export type {
    Filter,
    PrivateDestination,
    Upstream,
} from './filter.ts';

/** A client's own addresses, IPv4 first. */
export function addressesOf(
    each: Pick<DesiredClient, 'ip4' | 'ip6'>,
): string[] {
    return [each.ip4, each.ip6].flatMap((one) => (one ? [one.client] : []));
}

/** What the verb `stop` takes: it, too, must not come late. */
export const stopRequest = v.strictObject({
    version: v.literal(protocolVersion),
    issued: issuedSchema,
});

export const desiredState = v.strictObject({
    version: v.literal(protocolVersion),
    issued: issuedSchema,
    clients: v.pipe(
        v.array(client),
        v.maxLength(limits.clients),
        v.check(
            (clients) => isDistinct(clients.map((each) => each.uuid)),
            'two clients have one uuid',
        ),
        v.check(
            (clients) => isDistinct(clients.map((each) => each.name)),
            'two clients have one name',
        ),
        v.check(
            (clients) => isDistinct(clients.flatMap(addressesOf)),
            'two clients have one address',
        ),
        v.check(
            (clients) => clients.every((each) => addressesOf(each).length > 0),
            'a client has no address',
        ),
        v.check(
            (clients) =>
                clients.every(
                    (each) =>
                        each.filter !== null || each.deadlines.length === 0,
                ),
            'a client has deadlines without a filter',
        ),
    ),
});

export type DesiredState = v.InferOutput<typeof desiredState>;
