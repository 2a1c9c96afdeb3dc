// Which doors a client may have, said once more and otherwise than the agent
// does: a table of who has which address where.

import type { Attached } from '../../proxyvm/core/attached.ts';
import {
    addressesOf,
    type DesiredClient,
} from '../../shared/protocol/desired-state.ts';

interface Door {
    readonly vif: string | null;
    readonly address: string;
    readonly gateway: string;
}

/** `VIF,CLIENT,GATEWAY`, or without the first of a client not attached yet. */
export function keysOf(
    client: DesiredClient,
    clients: readonly DesiredClient[],
    attached: readonly Attached[],
): ReadonlySet<string> {
    const own = doorsAlone(client, clients, attached);
    const clashes = clients
        .filter(({ uuid }) => uuid !== client.uuid)
        .flatMap((other) => doorsAlone(other, clients, attached))
        .some((door) =>
            own.some(
                ({ vif, address }) =>
                    address === door.address ||
                    (vif !== null && vif === door.vif),
            ),
        );
    const keys = own.map(({ vif, address, gateway }) =>
        [...(vif === null ? [] : [vif]), address, gateway].join(),
    );
    return new Set(clashes ? [] : keys);
}

/** As if there were no other client with the same. */
function doorsAlone(
    client: DesiredClient,
    clients: readonly DesiredClient[],
    attached: readonly Attached[],
): Door[] {
    const holders = (addresses: readonly string[]) =>
        new Set(
            attached
                .filter(({ address }) => addresses.includes(address))
                .map(({ vif }) => vif),
        );
    const vif = ownVif(client, clients, [...holders(addressesOf(client))]);
    if (vif === 'unclear') {
        return [];
    }
    const own: (string | null)[] =
        vif === null ? [null] : [vif, ...emulatedVifs(client)];
    const doors = [client.ip4, client.ip6].flatMap((attachment): Door[] => {
        if (attachment === null) {
            return [];
        }
        const isOf6 = attachment.client.includes(':');
        const there = attached.find(
            (each) =>
                own.includes(each.vif) && each.address.includes(':') === isOf6,
        );
        const address = there?.address ?? attachment.client;
        const { gateway } = attachment;
        return own.map((each) => ({ vif: each, address, gateway }));
    });
    const others = holders(doors.map(({ address }) => address));
    for (const each of own) {
        others.delete(each ?? '');
    }
    return others.size > 0 ? [] : doors;
}

/** An HVM's second one. */
function emulatedVifs({ stubdomXid }: DesiredClient): string[] {
    return stubdomXid === null ? [] : [`vif${stubdomXid}.0`];
}

/** Null: it has none yet. */
function ownVif(
    { xid, ranBefore }: DesiredClient,
    clients: readonly DesiredClient[],
    holders: readonly string[],
): string | null {
    if (xid !== null) {
        return `vif${xid}.0`;
    }
    const running = clients.filter((each) => each.xid !== null);
    const known = [
        ...ranBefore,
        ...running.flatMap((each) => [each.xid, each.stubdomXid]),
    ];
    const isNew = (vif: string) =>
        /^vif[0-9]+\.0$/.test(vif) &&
        !known.some((before) => vif === `vif${before}.0`);
    const [first = null] = holders;
    return holders.every(isNew) && holders.length <= 1 ? first : 'unclear';
}
