// What qubes-firewall makes of dom0's rules: the tables `ip/ip6
// qubes-firewall` (qubes-core-agent-linux 4.3.46 qubesagent/firewall.py).
import { isIP } from 'node:net';
import type { FirewallRule, NetvmClient } from '../world.ts';
import {
    type Family,
    nftRules,
    parseRule,
    type Resolve,
} from './firewall-rule.ts';

interface ClientFamily extends Family {
    readonly addressOf: (client: NetvmClient) => string | null;
}

const families: readonly ClientFamily[] = [
    {
        number: 4,
        table: 'ip',
        reject: 'reject with icmp type admin-prohibited',
        addressOf: (client) => client.ip,
    },
    {
        number: 6,
        table: 'ip6',
        reject: 'reject with icmpv6 type admin-prohibited',
        addressOf: (client) => client.ip6,
    },
];

export interface Surroundings {
    /** The nameservers in the netvm's own resolv.conf. */
    readonly resolvers: readonly string[];
    readonly resolve: Resolve;
}

/** One nft transaction that makes both tables anew. */
export async function firewallTables(
    clients: readonly NetvmClient[],
    surroundings: Surroundings,
): Promise<string> {
    const tables: string[] = [];
    for (const family of families) {
        tables.push(await tableOf(family, clients, surroundings));
    }
    return tables.join('');
}

async function tableOf(
    family: ClientFamily,
    clients: readonly NetvmClient[],
    { resolvers, resolve }: Surroundings,
): Promise<string> {
    const { number, table, addressOf } = family;
    const connected = clients.map(addressOf).filter((each) => each !== null);
    const jumps: string[] = [];
    const chains: string[] = [];
    for (const client of clients.toSorted(byAddress)) {
        const address = addressOf(client);
        if (address !== null && client.rules !== null) {
            const chain = `qbs-${address.replace(/[.:]/g, '-')}`;
            jumps.push(`${table} saddr ${address} jump ${chain}`);
            const rules = await chainRules(family, client.rules, resolve);
            chains.push(`chain ${chain} {\n${rules.join('\n')}\n}`);
        }
    }
    return `
add table ${table} qubes-firewall
delete table ${table} qubes-firewall
table ${table} qubes-firewall {
    set dns-addr {
        type ipv${number}_addr
        ${elements(resolvers.filter((each) => isIP(each) === number))}
    }
    chain qubes-forward {
        ${jumps.join('\n')}
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        iifname != "vif*" accept
        jump qubes-forward
    }
    chain prerouting {
        type filter hook prerouting priority raw; policy accept;
        ${foreign(`iifname != "vif*" ${table} saddr`, connected)}
    }
    chain postrouting {
        type filter hook postrouting priority raw; policy accept;
        ${foreign(`oifname != "vif*" ${table} daddr`, connected)}
    }
    ${chains.join('\n')}
}
`;
}

function byAddress(one: NetvmClient, other: NetvmClient): number {
    return one.ip.localeCompare(other.ip);
}

function elements(addresses: readonly string[]): string {
    return addresses.length === 0
        ? ''
        : `elements = { ${addresses.join(', ')} }`;
}

/** A client's address is a client's only where its vif is. */
function foreign(match: string, connected: readonly string[]): string {
    return connected.length === 0
        ? ''
        : `${match} { ${connected.join(', ')} } drop`;
}

/** The rules in order, then the policy, which dom0 always sets to drop. */
async function chainRules(
    family: Family,
    rules: readonly FirewallRule[],
    resolve: Resolve,
): Promise<string[]> {
    const lines: string[] = [];
    for (const rule of rules) {
        lines.push(...(await nftRules(family, parseRule(rule), resolve)));
    }
    return [...lines, family.reject];
}
