// The connections that a client's firewall forbids, as qubes-firewall reckons
// it (qubes-core-agent-linux 4.3.46 qubesagent/firewall.py, is_blocked). It
// looks at all that the client began, to the netvm itself too.
import { BlockList, isIP } from 'node:net';
import type { FirewallRule } from '../world.ts';
import { parseRule, type Resolve } from './firewall-rule.ts';

export interface Connection {
    readonly proto: string;
    readonly destination: string;
    readonly port: string;
}

/** From a listing of conntrack: what has ports, each once. */
export function parseConnections(listing: string): Connection[] {
    const all = listing.split('\n').flatMap((line) => {
        const [, proto] = /^(\w+) /.exec(line) ?? [];
        const [, destination] = /\bdst=(\S+)/.exec(line) ?? [];
        const [, port] = /\bdport=(\d+)/.exec(line) ?? [];
        return proto && destination && port
            ? [{ proto, destination, port }]
            : [];
    });
    return [
        ...new Map(all.map((each) => [JSON.stringify(each), each])).values(),
    ];
}

/** By the first rule that speaks of it; forbidden if none does. */
export async function isForbidden(
    rules: readonly FirewallRule[],
    connection: Connection,
    resolvers: readonly string[],
    resolve: Resolve,
): Promise<boolean> {
    for (const rule of rules) {
        const options = parseRule(rule);
        if (await speaksOf(options, connection, resolvers, resolve)) {
            return options.get('action') === 'drop';
        }
    }
    return true;
}

async function speaksOf(
    options: ReadonlyMap<string, string>,
    { proto, destination, port }: Connection,
    resolvers: readonly string[],
    resolve: Resolve,
): Promise<boolean> {
    const family = isIP(destination) === 6 ? 6 : 4;
    const network = options.get(`dst${family}`);
    const host = options.get('dsthost');
    const isOfOther = options.has(family === 4 ? 'dst6' : 'dst4');
    if (
        isOfOther ||
        (options.get('proto') ?? proto) !== proto ||
        !isWithin(options.get('dstports'), port) ||
        (network !== undefined && !isIn(network, destination))
    ) {
        return false;
    }
    if (network === undefined && host !== undefined) {
        const addresses = isIP(host) ? [host] : await resolve(host, family);
        if (!addresses.includes(destination)) {
            return false;
        }
    }
    return (
        options.get('specialtarget') !== 'dns' ||
        (port === '53' && resolvers.includes(destination))
    );
}

/** Compared as words, as there: 443 is not within 80-443. */
function isWithin(ports: string | undefined, port: string): boolean {
    const [first, last] = ports?.split('-') ?? [];
    return first === undefined || (first <= port && port <= (last ?? first));
}

function isIn(network: string, address: string): boolean {
    const [first = '', length] = network.split('/');
    const family = isIP(first) === 6 ? 'ipv6' : 'ipv4';
    const list = new BlockList();
    list.addSubnet(
        first,
        Number(length ?? (family === 'ipv6' ? 128 : 32)),
        family,
    );
    return list.check(address, family);
}
