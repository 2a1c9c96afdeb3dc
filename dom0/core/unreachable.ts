// Addresses to which a proxy of this version never connects, as far as a user
// is likely to name them; the ProxyVM's own list is longer.
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import { addressIn } from '../../shared/pattern/index.ts';

/** This host, private, shared, loopback and link-local: RFC 6890. */
const ip4Ranges = [
    /^0\./,
    /^10\./,
    /^100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\./,
    /^127\./,
    /^169\.254\./,
    /^172\.(1[6-9]|2[0-9]|3[01])\./,
    /^192\.168\./,
];

/** Unspecified and loopback, unique local, link-local; as RFC 5952 writes. */
const ip6Ranges = [/^::1?$/, /^f[cd][0-9a-f]{2}:/, /^fe[89ab][0-9a-f]:/];

/** The private, loopback or link-local address that a rule names, if any. */
export function unreachableAddress(expression: string): Ip4 | Ip6 | null {
    const address = addressIn(expression);
    const isInRange = [...ip4Ranges, ...ip6Ranges].some(
        (range) => address !== null && range.test(address),
    );
    return isInRange ? address : null;
}
