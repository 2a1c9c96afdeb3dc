import { err, type Result } from '../result.ts';
import { type Ip4, parseIp4 } from './address.ts';

/**
 * Takes the IPv4 address that a next proxy may have. An IPv6 address tinyproxy
 * understands there from 1.11.2 on only, and a name it would resolve anew for
 * each connection, while nftables has to permit an address.
 */
export function parseUpstreamAddress(
    untrusted_text: string,
): Result<Ip4, string> {
    const address = parseIp4(untrusted_text);
    if (!address.ok) {
        return err(
            'an upstream is named by its IPv4 address; to find it: ' +
                'getent ahostsv4 NAME in a qube with network',
        );
    }
    const first = Number(address.value.split('.')[0]);
    return first === 0 || first === 127 || first >= 224
        ? err('no other machine has this address')
        : address;
}
