// Which networks may be opened to a proxy beyond the public ones.
import { err, type Result } from '../result.ts';
import type { Ip4, Ip6 } from './address.ts';
import { isInNetwork, type Network, parseNetwork } from './network.ts';

/** Private and shared (RFC 1918, 6598, 4193). */
const openable = [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    'fc00::/7',
] as Network[];

/** Qubes gives its qubes addresses here (qubes-core-admin qubes/vm/mix/net.py). */
const ofQubes = [
    '10.137.0.0/16',
    '10.138.0.0/16',
    '10.139.0.0/16',
    'fd09:24ef:4179::/48',
] as Network[];

/** Whether it is an address that Qubes gives its qubes. */
export function isOfQubes(address: Ip4 | Ip6): boolean {
    return ofQubes.some((network) => isInNetwork(address, network));
}

/**
 * Takes a network all of which is private. One that covers the addresses of
 * qubes may be named; these stay closed (proxyvm/templates/table.nft.hbs).
 */
export function parsePrivateNetwork(
    untrusted_text: string,
): Result<Network, string> {
    const network = parseNetwork(untrusted_text);
    if (!network.ok) {
        return network;
    }
    const isIn = (outer: Network) => isInNetwork(network.value, outer);
    if (!openable.some(isIn)) {
        return err(
            'not a private network; those are the ones in ' +
                `${openable.join(', ')}`,
        );
    }
    return ofQubes.some(isIn)
        ? err('the addresses of qubes are never opened')
        : network;
}
