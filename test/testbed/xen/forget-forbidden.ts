// When a client's rules are put in force, qubes-firewall has conntrack forget
// what they forbid (qubes-core-agent-linux 4.3.46 qubesagent/firewall.py,
// apply_rules_family).
import { runCommand } from '../../../shared/io/run-command.ts';
import { resolve } from '../internet/zone.ts';
import type { NetvmClient } from '../world.ts';
import { type Connection, isForbidden, parseConnections } from './forbidden.ts';
import { runInside } from './run.ts';

export async function forgetForbidden(
    netvm: string,
    client: NetvmClient,
    resolvers: readonly string[],
): Promise<void> {
    // Nothing is forbidden: conntrack would read the kernel's whole table.
    if (client.rules?.[0] === 'action=accept') {
        return;
    }
    for (const address of [client.ip, client.ip6]) {
        if (address !== null) {
            await forgetThoseOf(address, netvm, client, resolvers);
        }
    }
}

async function forgetThoseOf(
    address: string,
    netvm: string,
    { rules }: NetvmClient,
    resolvers: readonly string[],
): Promise<void> {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    const listing = await runInside(netvm, 'conntrack', [
        '-L',
        '--family',
        family,
        '--src',
        address,
    ]);
    for (const connection of parseConnections(listing)) {
        if (await isForbidden(rules ?? [], connection, resolvers, resolve)) {
            await drop(netvm, address, connection);
        }
    }
}

/** As there, nobody hears of it if there was nothing left to forget. */
async function drop(
    netvm: string,
    address: string,
    { proto, destination, port }: Connection,
): Promise<void> {
    await runCommand('nsenter', [
        `--net=/run/netns/${netvm}`,
        '--',
        'conntrack',
        '-D',
        '--src',
        address,
        '--dst',
        destination,
        '--proto',
        proto,
        '--dport',
        port,
    ]);
}
