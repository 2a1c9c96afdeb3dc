import {
    type Ip4,
    type Ip6,
    parseIp4,
    parseIp6,
} from '../../shared/domain/address.ts';

/** The name servers that resolv.conf(5) names; others are left out. */
export function parseResolvers(untrusted_text: string): (Ip4 | Ip6)[] {
    const addresses = untrusted_text.split('\n').flatMap((untrusted_line) => {
        const untrusted_address =
            /^nameserver[ \t]+(\S+)[ \t]*$/.exec(untrusted_line)?.[1] ?? '';
        const address = parseIp4(untrusted_address).ok
            ? parseIp4(untrusted_address)
            : parseIp6(untrusted_address);
        return address.ok ? [address.value] : [];
    });
    return [...new Set(addresses)];
}
