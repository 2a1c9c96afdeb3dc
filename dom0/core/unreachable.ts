// Addresses to which a proxy connects only if a setting opens them: those that the
// ProxyVM's nftables rules keep closed (table.nft.hbs there).
import { type Ip4, type Ip6, parseIp4 } from '../../shared/domain/address.ts';

/** All that is not public: RFC 6890, with multicast and what is reserved. */
const closed4 = [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
];

export function isUnreachable(address: Ip4 | Ip6): boolean {
    return parseIp4(address).ok
        ? closed4.some((range) => isIn(address, range))
        : isClosed6(address);
}

function isIn(address: string, range: string): boolean {
    const [start = '', length] = range.split('/');
    const size = 2 ** (32 - Number(length));
    return (
        Math.floor(toNumber(address) / size) ===
        Math.floor(toNumber(start) / size)
    );
}

function toNumber(ip4: string): number {
    return ip4.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** Open is 2000::/3 without Teredo, documentation and 6to4 in it. */
function isClosed6(address: string): boolean {
    const [first = 0, second = 0] = address
        .split(':')
        .map((group) => Number.parseInt(group || '0', 16));
    return (
        first < 0x2000 ||
        first > 0x3fff ||
        (first === 0x2001 && (second < 0x200 || second === 0xdb8)) ||
        first === 0x2002 ||
        (first === 0x3fff && second < 0x1000)
    );
}
