// The elements of our nft table's sets and maps. The table's rules never
// change; who is served by what is in its elements alone.

import {
    addressesOf,
    type DesiredClient,
    type Filter,
} from '../../shared/protocol/desired-state.ts';
import { goesDirect, isNextProxy } from '../../shared/protocol/route.ts';
import { vifsOf } from './attached.ts';
import type { ProxyRecord } from './proxy-record.ts';
import { type ProxyUid, portOf } from './proxy-uid.ts';

/** Which kind of key and value: see templates/table.nft.hbs. */
export const elementSets = [
    // Maps: who comes in by which door, and to which port it leads.
    'door4',
    'door6',
    'starting4',
    'starting6',
    // Sets.
    'client4',
    'client6',
    'caller4',
    'caller6',
    'instance',
    'permit',
    'upstream4',
    'private4',
    'private6',
    'resolver4',
    'resolver6',
] as const;
export type ElementSet = (typeof elementSets)[number];

/** One element; `value` is null in a set. */
export interface Element {
    readonly set: ElementSet;
    readonly key: readonly (string | number)[];
    readonly value: number | null;
}

const doorSets: readonly ElementSet[] = [
    'door4',
    'door6',
    'starting4',
    'starting6',
];

/** Whether it lets a client in. */
export function isDoor(element: Element): boolean {
    return doorSets.includes(element.set);
}

/** The ports that whoever has one of these addresses is led to. */
export function portsFor(
    addresses: readonly string[],
    elements: readonly Element[],
): ReadonlySet<number> {
    // A door's key ends with the client and its gateway.
    const own = elements.filter(({ key }) =>
        addresses.includes(String(key.at(-2))),
    );
    return doorPorts(own);
}

/** The ports of the proxies that clients are led to. */
export function doorPorts(elements: readonly Element[]): ReadonlySet<number> {
    return new Set(elements.filter(isDoor).flatMap(({ value }) => value ?? []));
}

export function isResolver(element: Element): boolean {
    return element.set === 'resolver4' || element.set === 'resolver6';
}

/** Equal for elements that cannot stand side by side in one set. */
export function keyText(element: Element): string {
    return `${element.set} ${element.key.join(' . ')}`;
}

export function elementText(element: Element): string {
    return `${keyText(element)} : ${element.value ?? ''}`;
}

/** The elements of `left` that are not, with their value, in `right`. */
export function without(
    left: readonly Element[],
    right: readonly Element[],
): Element[] {
    const texts = new Set(right.map(elementText));
    return left.filter((element) => !texts.has(elementText(element)));
}

/**
 * The doors through which a client reaches the proxy. A running client's
 * are bound to the interface of its Xen domain, so they close by themselves
 * when it goes, whoever gets the address next (Qubes names a vif after the
 * domain: qubes-core-agent-linux network/vif-route-qubes).
 */
export function doorsOf(
    client: Pick<DesiredClient, 'xid' | 'stubdomXid' | 'ip4' | 'ip6'>,
    uid: ProxyUid,
): Element[] {
    const vifs = vifsOf(client);
    const attachments = [
        [client.ip4, 'door4', 'starting4'],
        [client.ip6, 'door6', 'starting6'],
    ] as const;
    return attachments.flatMap(([attachment, door, starting]): Element[] => {
        if (attachment === null) {
            return [];
        }
        const addresses = [attachment.client, attachment.gateway];
        const value = portOf(uid);
        return vifs.length === 0
            ? [{ set: starting, key: addresses, value }]
            : vifs.map((vif) => ({
                  set: door,
                  key: [vif, ...addresses],
                  value,
              }));
    });
}

/** What a living proxy needs beside a door: its client and its permits. */
export function supportOf(uid: ProxyUid, record: ProxyRecord): Element[] {
    const port = portOf(uid);
    return [
        { set: 'instance', key: [port], value: null },
        ...addressesOf(record).flatMap((address): Element[] => {
            const family = address.includes(':') ? 6 : 4;
            return [
                {
                    set: `client${family}`,
                    key: [uid, address, port],
                    value: null,
                },
                { set: `caller${family}`, key: [address, port], value: null },
            ];
        }),
        ...permitsOf(uid, record.filter),
    ];
}

/** Where it may connect to. */
function permitsOf(uid: ProxyUid, filter: Filter): Element[] {
    const { connectPorts, httpPorts, upstreams, privateDestinations } = filter;
    const open = goesDirect(upstreams) ? [...connectPorts, ...httpPorts] : [];
    return onePerKey([
        ...open.map((port) => elementOf('permit', uid, port)),
        ...upstreams
            .filter(isNextProxy)
            .map(({ address, port }) =>
                elementOf('upstream4', uid, address, port),
            ),
        ...privateDestinations.flatMap(({ network, ports }) => {
            const set = network.includes(':') ? 'private6' : 'private4';
            return ports.map((port) => elementOf(set, uid, network, port));
        }),
    ]);
}

function onePerKey(elements: readonly Element[]): Element[] {
    return [...new Map(elements.map((each) => [keyText(each), each])).values()];
}

function elementOf(
    set: ElementSet,
    ...key: readonly (string | number)[]
): Element {
    return { set, key, value: null };
}

/** The resolvers that proxies may ask. */
export function resolverElements(addresses: readonly string[]): Element[] {
    return addresses.map((address) => ({
        set: address.includes(':') ? 'resolver6' : 'resolver4',
        key: [address],
        value: null,
    }));
}
