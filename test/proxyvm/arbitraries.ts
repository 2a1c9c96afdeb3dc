// Random desired and observed states, small enough to collide often.
import fc from 'fast-check';
import type { Element } from '../../proxyvm/core/element.ts';
import { doorsOf, supportOf } from '../../proxyvm/core/element.ts';
import type { ObservedState } from '../../proxyvm/core/observed-state.ts';
import type { ProxyRecord } from '../../proxyvm/core/proxy-record.ts';
import { allProxyUids, type ProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import type { Domain } from '../../shared/domain/domain-name.ts';
import type { Network } from '../../shared/domain/network.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import type {
    Deadline,
    DesiredClient,
    Filter,
    Upstream,
} from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { filterOfHosts } from '../filters.ts';

const names = ['work', 'banking', 'personal', 'disp1'];

function filterOf(
    letters: readonly string[],
    ports: readonly number[],
    byDefault: Filter['default'] = 'deny',
    settings: Partial<Filter> = {},
): Filter {
    const httpPorts = byDefault === 'allow' ? [80] : [...ports];
    const change = { default: byDefault, httpPorts, ...settings };
    return filterOfHosts(letters, change);
}

const lan = (network: string, ports: number[]) => ({
    privateDestinations: [{ network: network as Network, ports }],
});
const via = (port: number, domain: Domain | null = null): Upstream => ({
    kind: 'socks5',
    address: '192.168.7.7' as Ip4,
    port,
    domain,
});
const site = '.a.test' as Domain;

/** Mostly none. */
const settings: fc.Arbitrary<Partial<Filter>> = fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    {
        weight: 2,
        arbitrary: fc.constantFrom<Partial<Filter>>(
            lan('192.168.1.0/24', [80, 443]),
            lan('192.168.1.0/25', [443]),
            lan('fd12::/16', [443]),
            { upstreams: [via(1080)] },
            { upstreams: [via(1081)] },
            { upstreams: [via(1080), { kind: 'none', domain: site }] },
            { upstreams: [via(1080, site)] },
            { timeoutSeconds: 60 },
            { record: 'nothing' },
            { record: 'all' },
        ),
    },
);

const filter = fc
    .tuple(
        fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
        fc.constantFrom([], [80]),
        fc.constantFrom('deny' as const, 'deny' as const, 'allow' as const),
        settings,
    )
    .map((drawn) => filterOf(...drawn));

/** Two filters that follow at most, the last one perhaps by nothing. */
const deadlines = fc
    .tuple(fc.array(filter, { maxLength: 2 }), fc.boolean())
    .map(([filters, isOver]): Deadline[] =>
        [...filters, ...(isOver ? [null] : [])].map((then, index) => ({
            seconds: 10 * (index + 1),
            filter: then,
        })),
    );

/** What is left of such, some of it due. */
const running = fc
    .tuple(deadlines, fc.constantFrom(0, 1, 5, 10, 25))
    .map(([all, elapsed]) =>
        all.map((each) => ({ ...each, seconds: each.seconds - elapsed })),
    );

function uuidOf(index: number): Uuid {
    return `00000000-0000-4000-8000-00000000000${index}` as Uuid;
}

/** Addresses follow the slot, so that qubes can swap theirs. */
function attachments(slot: number, hasIp6: boolean) {
    return {
        ip4: {
            client: `10.137.0.${5 + slot}` as Ip4,
            gateway: '10.137.0.4' as Ip4,
        },
        ip6: hasIp6
            ? {
                  client: `fd09::${5 + slot}` as Ip6,
                  gateway: 'fd09::4' as Ip6,
              }
            : null,
    };
}

const client = fc.record({
    index: fc.nat(names.length - 1),
    xid: fc.option(fc.integer({ min: 1, max: 3 })),
    stubdomXid: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 1 }),
    ranBefore: fc.subarray([10, 11, 20, 21]),
    hasIp6: fc.boolean(),
    filter: fc.option(filter, { freq: 6 }),
    narrowing: fc.constantFrom('end' as const, { drainSeconds: 60 }),
    deadlines,
});

/** Clients with distinct names and addresses, as dom0 sends them. */
export const clients: fc.Arbitrary<DesiredClient[]> = fc
    .tuple(
        fc.uniqueArray(client, { selector: ({ index }) => index }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    )
    .map(([drawn, slots]) =>
        drawn.map(({ index, xid, hasIp6, ...rest }, position) => ({
            name: names[index] as QubeName,
            uuid: uuidOf(index),
            xid: xid === null ? null : xid * 10 + index,
            ...attachments(slots[position] ?? 0, hasIp6),
            ...rest,
            deadlines: rest.filter === null ? [] : rest.deadlines,
        })),
    );

/** A client like any other, with that many rules. */
export function clientWithRules(count: number): DesiredClient {
    const letters = Array.from({ length: count }, (_, index) => `r${index}`);
    return {
        name: 'work' as QubeName,
        uuid: uuidOf(0),
        xid: 10,
        stubdomXid: null,
        ranBefore: [],
        ...attachments(0, false),
        filter: filterOf(letters, [80]),
        deadlines: [],
        narrowing: 'end',
    };
}

/** As many clients as a ProxyVM takes, with the longest names. */
export function manyClients(): DesiredClient[] {
    return Array.from({ length: limits.clients }, (_, index) => {
        const number = String(index).padStart(3, '0');
        return {
            ...clientWithRules(1),
            name: `q${number}`.padEnd(31, 'x') as QubeName,
            uuid: `00000000-0000-4000-8000-000000000${number}` as Uuid,
            xid: index + 1,
            ip4: {
                client: `10.137.1.${index}` as Ip4,
                gateway: '10.137.0.4' as Ip4,
            },
        };
    });
}

const proxy = fc.record({
    index: fc.nat(names.length - 1),
    slot: fc.nat(3),
    hasIp6: fc.boolean(),
    filter,
    hasRecord: fc.boolean(),
    isAlive: fc.boolean(),
    isDraining: fc.boolean(),
    isBusy: fc.boolean(),
    hasDoor: fc.boolean(),
    beside: fc.option(filter),
    xid: fc.integer({ min: 1, max: 3 }),
    deadlines: running,
    isTimed: fc.boolean(),
});

/** Interfaces of the clients above, of others, and of no domain. */
const attached = fc.record({
    vif: fc.constantFrom('vif10.0', 'vif11.0', 'vif20.0', 'vif31.0', 'wlan0'),
    address: fc.constantFrom(
        '10.137.0.5' as Ip4,
        '10.137.0.6' as Ip4,
        '10.137.0.7' as Ip4,
        'fd09::5' as Ip6,
        'fd09::6' as Ip6,
    ),
});

/**
 * Anything a crash, another version or a user may have left: proxies of
 * anybody, doors to the living and the dead, a table that is not ours.
 */
export const observedState: fc.Arbitrary<ObservedState> = fc
    .record({
        proxies: fc.array(proxy, { maxLength: 6 }),
        table: fc.constantFrom('absent', 'foreign', 'ours', 'ours', 'ours'),
        ip: fc.constantFrom('absent', 'foreign', 'ours'),
        ip6: fc.constantFrom('absent', 'foreign', 'ours', 'no-chain'),
        followsResolvers: fc.boolean(),
        givenUids: fc.array(fc.constantFrom(...allProxyUids().slice(0, 20))),
        resolvers: fc.subarray([
            '10.139.1.1' as Ip4,
            '10.139.1.2' as Ip4,
            'fd09::1' as Ip6,
        ]),
        busyPorts: fc.subarray([8101, 8102, 8110]),
        // User ids that none of the proxies has.
        spare: fc.constantFrom(null, 60_706, 60_713, 60_715, 60_720),
        attached: fc.array(attached, { maxLength: 4 }),
    })
    .map(({ proxies, table, ip, ip6, spare, ...rest }) => {
        const uids = allProxyUids();
        const drawn = proxies.map((each, position) => {
            const record = {
                name: names[each.index] as QubeName,
                uuid: uuidOf(each.index),
                ...attachments(each.slot, each.hasIp6),
                filter: each.filter,
                generation: position,
            } satisfies ProxyRecord;
            const uid = uids[position + 1];
            if (uid === undefined) {
                throw new Error('more proxies than user ids');
            }
            return { ...each, uid, record };
        });
        const elements = drawn.flatMap((each): Element[] => [
            ...supportOf(each.uid, each.record),
            ...(each.hasDoor
                ? doorsOf(
                      { ...each.record, xid: each.xid, stubdomXid: null },
                      each.uid,
                  )
                : []),
        ]);
        return {
            ...rest,
            table,
            inputRule: { ip, ip6 },
            elements: table === 'absent' ? [] : firstOfEachKey(elements),
            proxies: drawn.map(({ uid, record, hasRecord, ...each }) => ({
                uid,
                record: hasRecord ? record : null,
                isAlive: each.isAlive,
                isDraining: each.isDraining,
                isBusy: each.isDraining && each.isBusy,
                beside: each.beside,
                deadlines: each.deadlines,
                isTimed: each.isTimed,
            })),
            busyPorts: rest.busyPorts,
            spare: spare as ProxyUid | null,
        };
    });

function firstOfEachKey(elements: readonly Element[]): Element[] {
    const byKey = new Map<string, Element>();
    for (const element of elements) {
        const key = `${element.set} ${element.key.join()}`;
        byKey.set(key, byKey.get(key) ?? element);
    }
    return [...byKey.values()];
}
