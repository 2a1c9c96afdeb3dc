// One rule of qvm-firewall in nft's words (qubes-core-agent-linux 4.3.46
// qubesagent/firewall.py, prepare_rules).
import { isIP } from 'node:net';
import type { FirewallRule } from '../world.ts';

/** The addresses of a name now, of one family. */
export type Resolve = (name: string, family: 4 | 6) => Promise<string[]>;

/** What differs between the two tables. */
export interface Family {
    readonly number: 4 | 6;
    readonly table: 'ip' | 'ip6';
    readonly reject: string;
}

type RuleOptions = ReadonlyMap<string, string>;

export function parseRule(rule: FirewallRule): RuleOptions {
    const options = new Map<string, string>();
    for (const word of rule.replace(/ comment=.*/, '').split(' ')) {
        const at = word.indexOf('=');
        options.set(word.slice(0, at), word.slice(at + 1));
    }
    return options;
}

/** One rule of dom0 may be several of nft, or none. */
export async function nftRules(
    family: Family,
    options: RuleOptions,
    resolve: Resolve,
): Promise<string[]> {
    const destination = await destinationMatch(family, options, resolve);
    if (destination === null) {
        return [];
    }
    const action =
        options.get('action') === 'accept' ? 'accept' : family.reject;
    const proto = options.get('proto');
    const dns = options.get('specialtarget') === 'dns';
    const dports = portsMatch(options.get('dstports') ?? (dns ? '53' : null));
    const icmp = icmpMatch(family, options.get('icmptype'));
    if (dports === null) {
        const match = proto === undefined ? '' : l4proto(family, proto);
        return [`${match} ${destination} ${icmp} ${action}`];
    }
    const protocols = proto === undefined ? ['tcp', 'udp'] : [proto];
    return protocols.map(
        (each) => `${destination} ${each} dport ${dports} ${action}`,
    );
}

/** Null for a rule that says nothing about this family. */
async function destinationMatch(
    family: Family,
    options: RuleOptions,
    resolve: Resolve,
): Promise<string | null> {
    const match = `${family.table} daddr`;
    if (options.get('specialtarget') === 'dns') {
        return `${match} @dns-addr`;
    }
    if (options.has(family.number === 4 ? 'dst6' : 'dst4')) {
        return null;
    }
    const network = options.get(`dst${family.number}`);
    if (network !== undefined) {
        return `${match} ${network}`;
    }
    const host = options.get('dsthost');
    if (host === undefined) {
        return '';
    }
    const addresses =
        isIP(host) === family.number
            ? [host]
            : await resolve(host, family.number);
    return addresses.length === 0
        ? null
        : `${match} { ${addresses.join(', ')} }`;
}

function portsMatch(ports: string | null): string | null {
    const [first, last] = ports?.split('-') ?? [];
    if (first === undefined) {
        return null;
    }
    return last === undefined || last === first ? first : `${first}-${last}`;
}

function icmpMatch(family: Family, type: string | undefined): string {
    const protocol = family.number === 4 ? 'icmp' : 'icmpv6';
    return type === undefined ? '' : `${protocol} type ${type}`;
}

function l4proto(family: Family, proto: string): string {
    const name = proto === 'icmp' && family.number === 6 ? 'ipv6-icmp' : proto;
    return `meta l4proto ${name}`;
}
