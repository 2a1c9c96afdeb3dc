import {
    type Ip4,
    type Ip6,
    parseIp4,
    parseIp6,
} from '../../shared/domain/address.ts';

/**
 * The name servers that resolv.conf(5) names, without the zone of a link's own
 * (`fe80::1%eth0`); others are left out.
 */
export function parseResolvers(untrusted_text: string): (Ip4 | Ip6)[] {
    const addresses = untrusted_text.split('\n').flatMap((untrusted_line) => {
        const untrusted_address =
            /^nameserver[ \t]+(\S+)[ \t]*$/.exec(untrusted_line)?.[1] ?? '';
        const ip4 = parseIp4(untrusted_address);
        const address = ip4.ok
            ? ip4
            : parseIp6(untrusted_address.replace(/%.+$/, ''));
        return address.ok ? [address.value] : [];
    });
    return [...new Set(addresses)];
}
