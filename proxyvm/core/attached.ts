// Clients as their interfaces are. An address is not a name: Qubes hands it
// on at once, and the one that dom0 sets is the interface's at its next
// attach only (qubes-core-admin qubes/vm/mix/net.py).

import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import {
    addressesOf,
    type DesiredClient,
} from '../../shared/protocol/desired-state.ts';
import { err, ok, type Result } from '../../shared/result.ts';

/** An address that an interface has (core-agent-linux, vif-route-qubes). */
export interface Attached {
    readonly vif: string;
    readonly address: Ip4 | Ip6;
}

/** The name of a Xen domain's interface here. */
export function vifOf(xid: number): string {
    return `vif${xid}.0`;
}

/**
 * The interfaces of a client, none while it starts: an HVM has a second one, of
 * the domain that emulates its devices, and sends by either.
 */
export function vifsOf({
    xid,
    stubdomXid,
}: Pick<DesiredClient, 'xid' | 'stubdomXid'>): string[] {
    return xid === null
        ? []
        : [vifOf(xid), ...(stubdomXid === null ? [] : [vifOf(stubdomXid)])];
}

/** A client, and why it cannot be told apart here; null if it can. */
export interface Located {
    readonly client: DesiredClient;
    readonly unclear: string | null;
}

/**
 * Each client with the domain and the addresses that it has here. One that is
 * not attached is left as dom0 says.
 */
export function locate(
    clients: readonly DesiredClient[],
    attached: readonly Attached[],
): Located[] {
    const known = clients.flatMap(vifsOf);
    const located = clients.map((client) => locateOne(client, attached, known));
    const uses = new Map<string, number>();
    for (const place of located.flatMap(placesOf)) {
        uses.set(place, (uses.get(place) ?? 0) + 1);
    }
    const unclear = 'another client has the same interface or address here';
    return located.map((each) =>
        placesOf(each).some((place) => (uses.get(place) ?? 0) > 1)
            ? { ...each, unclear }
            : each,
    );
}

/** What nobody else may have. */
function placesOf({ client, unclear }: Located): string[] {
    return unclear === null ? [...vifsOf(client), ...addressesOf(client)] : [];
}

function locateOne(
    client: DesiredClient,
    attached: readonly Attached[],
    known: readonly string[],
): Located {
    const first =
        client.xid === null
            ? vifOfStarting(client, attached, known)
            : ok(vifOf(client.xid));
    if (!first.ok || first.value === null) {
        return { client, unclear: first.ok ? null : first.error };
    }
    const found = { ...client, xid: xidOf(first.value) };
    const vifs = vifsOf(found);
    const own = attached.filter(({ vif }) => vifs.includes(vif));
    const now = {
        ...found,
        ip4: withAddress(client.ip4, own, isIp4),
        ip6: withAddress(client.ip6, own, isIp6),
    };
    const other = attached.find(
        (each) =>
            !vifs.includes(each.vif) && addressesOf(now).includes(each.address),
    );
    return {
        client: now,
        unclear: other === undefined ? null : taken(other),
    };
}

/**
 * Whoever has the address of a client that starts, and is none of those that
 * ran before it or are known for another, is that client. Of an HVM there are
 * two: it waits until dom0 names them.
 */
function vifOfStarting(
    client: DesiredClient,
    attached: readonly Attached[],
    known: readonly string[],
): Result<string | null, string> {
    const addresses = addressesOf(client);
    const before = new Set([...client.ranBefore.map(vifOf), ...known]);
    const there = attached.filter((each) => addresses.includes(each.address));
    const [first = null] = there;
    const other = there.find(
        ({ vif }) =>
            before.has(vif) || xidOf(vif) === null || vif !== first?.vif,
    );
    return other === undefined ? ok(first?.vif ?? null) : err(taken(other));
}

function taken({ vif, address }: Attached): string {
    return `another qube has its address ${address}, on ${vif}: closed until dom0 looks`;
}

function xidOf(vif: string): number | null {
    const xid = /^vif([1-9][0-9]*)\.0$/.exec(vif)?.[1];
    return xid === undefined ? null : Number(xid);
}

function withAddress<Attachment extends { client: Ip4 | Ip6 } | null>(
    attachment: Attachment,
    own: readonly Attached[],
    isOfFamily: (
        address: Ip4 | Ip6,
    ) => address is NonNullable<Attachment>['client'],
): Attachment {
    const address = own.map((each) => each.address).find(isOfFamily);
    return attachment === null || address === undefined
        ? attachment
        : { ...attachment, client: address };
}

function isIp6(address: Ip4 | Ip6): address is Ip6 {
    return address.includes(':');
}

function isIp4(address: Ip4 | Ip6): address is Ip4 {
    return !isIp6(address);
}
