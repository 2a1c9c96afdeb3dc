// The schemas of the protocol once more, from docs/protocol.md.
import { BlockList, isIPv6 } from 'node:net';
import {
    anyText,
    type Check,
    canonicalIp,
    demand,
    exactly,
    ip4,
    ip6,
    list,
    name,
    nullOr,
    number,
    object,
    text,
    uuid,
} from './grammar.ts';
import type { Value } from './read-json.ts';

const counter = number(0, Number.MAX_SAFE_INTEGER);
const port = number(1, 65_535);

const issued = object({ boot: text(uuid), counter });

function filterMembers(line: Check): Check {
    return object({
        default: exactly('deny', 'allow'),
        lines: list(100_000, line),
        rules: counter,
        connectPorts: (value) => {
            list(32, port)(value);
            demand(Array.isArray(value) && value.length > 0, 'some ports');
        },
        httpPorts: list(32, port),
        upstreams: (value) => {
            list(64, upstream)(value);
            const domains = members(value, 'domain');
            demand(new Set(domains).size === domains.length, 'a domain twice');
        },
        privateDestinations: (value) => {
            list(64, privateDestination)(value);
            checkApart(value);
        },
        timeoutSeconds: number(1, 86_400),
        maxClients: number(1, 1024),
        record: exactly('refused', 'nothing', 'all'),
    });
}

function filter(line: Check): Check {
    const check = filterMembers(line);
    return (value) => {
        check(value);
        demand(value instanceof Map, 'an object');
        const kinds = members(value.get('upstreams'), 'kind');
        const plain = value.get('httpPorts');
        demand(
            !kinds.includes('http') ||
                (Array.isArray(plain) && plain.length === 0),
            'no plain HTTP through an HTTP proxy',
        );
        demand(
            value.get('default') === 'deny' ||
                (Array.isArray(plain) && plain.length > 0),
            'a block list with plain HTTP',
        );
    };
}

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domain = text(
    new RegExp(`^(?=.{1,254}$)\\.?(?:${label}\\.)*(?![0-9]+$)${label}$`),
);

const none = object({ kind: exactly('none'), domain });
const next = object({
    kind: exactly('http', 'socks5'),
    address: (value) => {
        ip4(value);
        const first = Number(String(value).split('.')[0]);
        demand(![0, 127].includes(first) && first < 224, 'another machine');
    },
    port,
    domain: nullOr(domain),
});

function upstream(value: Value): void {
    const isNone = value instanceof Map && value.get('kind') === 'none';
    (isNone ? none : next)(value);
}

const privateNetworks = new BlockList();
for (const [address, length] of [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['100.64.0.0', 10],
    ['fc00::', 7],
] as const) {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    privateNetworks.addSubnet(address, length, family);
}

const privateDestination = object({
    network: (value) => {
        const [address = '', length] = String(value).split('/');
        const family = isIPv6(address) ? 'ipv6' : 'ipv4';
        const least = family === 'ipv6' ? 7 : 8;
        demand(privateNetworks.check(address, family), 'private');
        demand(length === undefined || Number(length) >= least, 'narrow');
        demand(canonicalIp(address) === address, 'in one form');
        const bits = family === 'ipv6' ? 128 : 32;
        demand(Number(length ?? 0) < bits, 'no length of a single address');
    },
    ports: (value) => {
        list(64, port)(value);
        demand(Array.isArray(value) && value.length > 0, 'some ports');
        demand(new Set(value).size === value.length, 'a port twice');
    },
});

/** With a port in common, none has the first address of another. */
function checkApart(value: Value): void {
    const all = Array.isArray(value) ? value : [];
    for (const one of all) {
        for (const other of all) {
            const [ports, taken] = [one, other].map((each) =>
                each instanceof Map ? each.get('ports') : [],
            );
            const share =
                Array.isArray(ports) &&
                Array.isArray(taken) &&
                ports.some((each) => taken.includes(each));
            demand(one === other || !share || !isIn(one, other), 'apart');
        }
    }
}

function isIn(one: Value, other: Value): boolean {
    const [address = '', , network = '', length] = [one, other].flatMap(
        (each): (string | undefined)[] => {
            const name = each instanceof Map ? String(each.get('network')) : '';
            const [first, bits] = name.split('/');
            return [first, bits];
        },
    );
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    const block = new BlockList();
    block.addSubnet(
        network,
        Number(length ?? (family === 'ipv6' ? 128 : 32)),
        family,
    );
    return isIPv6(address) === isIPv6(network) && block.check(address, family);
}

/** A member of each object in a list. */
function members(value: Value | undefined, name: string): Value[] {
    return (Array.isArray(value) ? value : []).map((each) =>
        each instanceof Map ? (each.get(name) ?? null) : null,
    );
}

function textOf(check: (text: string) => void): Check {
    return (value) => {
        demand(typeof value === 'string', 'a text');
        check(value);
    };
}

const attachments = {
    ip4: nullOr(object({ client: ip4, gateway: ip4 })),
    ip6: nullOr(object({ client: ip6, gateway: ip6 })),
};

const drain = object({ drainSeconds: number(1, 86_400) });
const end = exactly('end');

function narrowing(value: Value): void {
    (typeof value === 'string' ? end : drain)(value);
}

function deadlines(line: Check): Check {
    const each = object({
        seconds: number(1, 316_224_000),
        filter: nullOr(filter(line)),
    });
    return (value) => {
        list(8, each)(value);
        const all = value as ReadonlyMap<string, Value>[];
        all.slice(1).forEach((later, index) => {
            const before = all[index];
            demand(
                Number(before?.get('seconds')) < Number(later.get('seconds')) &&
                    before?.get('filter') !== null,
                'one after the other, until nothing is left',
            );
        });
    };
}

/** `line` says which filter lines are right. */
export function desiredStateCheck(line: (line: string) => void): Check {
    const client = object({
        name: text(name),
        uuid: text(uuid),
        xid: nullOr(number(1, 32_751)),
        stubdomXid: nullOr(number(1, 32_751)),
        ranBefore: list(5000, number(1, 32_751)),
        ...attachments,
        filter: nullOr(filter(textOf(line))),
        deadlines: deadlines(textOf(line)),
        narrowing,
    });
    return object({
        version: exactly(1),
        issued,
        clients: list(200, (value) => {
            client(value);
            const { filter: now, deadlines: then } = Object.fromEntries(
                value as ReadonlyMap<string, Value>,
            );
            const isEmpty = Array.isArray(then) && then.length === 0;
            demand(now !== null || isEmpty, 'deadlines without a filter');
        }),
    });
}

export const checkStopRequest: Check = object({ version: exactly(1), issued });

export const checkProxyRecord: Check = object({
    name: text(name),
    uuid: text(uuid),
    ...attachments,
    // Written by the agent itself, of lines that it had checked.
    filter: filterMembers(text(/^/)),
    generation: counter,
});

export const checkTimings: Check = list(
    100,
    object({ what: anyText, began: counter, ended: counter }),
);

export const checkReport: Check = object({
    agent: anyText,
    tinyproxy: anyText,
    steps: list(10_000, anyText),
    clients: list(
        200,
        object({
            name: text(name),
            uuid: text(uuid),
            state: exactly('served', 'held', 'closed'),
            reason: anyText,
            port: nullOr(port),
            rules: counter,
            draining: counter,
            wider: counter,
        }),
    ),
    ended: list(
        1000,
        object({ name: text(name), uuid: text(uuid), connections: counter }),
    ),
});
