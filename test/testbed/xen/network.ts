// The wires between qubes: network namespaces and vifs, made the way the
// scripts of qubes-core-agent-linux make them (facts: vif-route-qubes,
// setup-ip, network-proxy-setup next to this file).
import { readFile } from 'node:fs/promises';
import type { QubeNetwork } from '../world.ts';
import { scriptPath } from './paths.ts';
import { run, runInside } from './run.ts';

const clientMac = '00:16:3e:5e:6c:00';
const netvmMac = 'fe:ff:ff:ff:ff:ff';

export const sysNet = 'sys-net';

/** Beyond sys-net, see internet/: its side and sys-net's of the uplink. */
export const uplink = {
    namespace: 'internet',
    device: 'ens6',
    ip: '198.51.100.2',
    gateway: '198.51.100.1',
    ip6: '2001:db8:64::2',
    gateway6: '2001:db8:64::1',
} as const;

/** What a netvm resolves names with: sys-net knows the real resolver. */
export function resolversOf(netvm: string): [string, string] {
    return netvm === sysNet
        ? [uplink.gateway, uplink.gateway]
        : ['10.139.1.1', '10.139.1.2'];
}

/** A namespace as a qube has it at boot: its firewall, lo, no network. */
export async function addQubeNamespace(name: string): Promise<void> {
    await addNamespace(name);
    const tables = await readFile(scriptPath('qubes.nft'), 'utf8');
    await runInside(name, 'nft', ['-f', '-'], tables);
}

export async function addNamespace(name: string): Promise<void> {
    await run('ip', ['netns', 'add', name]);
    // No second of "tentative" IPv6 addresses: on these wires nobody else is.
    await runInside(name, 'sysctl', [
        '--quiet',
        '--write',
        'net.ipv6.conf.all.accept_dad=0',
        'net.ipv6.conf.default.accept_dad=0',
    ]);
    await run('ip', ['-n', name, 'link', 'set', 'dev', 'lo', 'up']);
}

export async function removeNamespace(name: string): Promise<void> {
    await run('ip', ['netns', 'delete', name]);
}

/** Plugs a qube's vif into its netvm, `online` to its end. */
export async function plug(
    qube: string,
    xid: number,
    network: QubeNetwork,
): Promise<void> {
    const vif = vifName(xid);
    await run('ip', [
        'link',
        'add',
        'name',
        vif,
        'address',
        netvmMac,
        'netns',
        network.netvm,
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'address',
        clientMac,
        'netns',
        qube,
    ]);
    await vifRoute('online', vif, network);
}

/**
 * Unplugs it. As with Xen it goes also when `offline` fails, which it does where
 * another qube with the same address has gone before.
 */
export async function unplug(xid: number, network: QubeNetwork) {
    const vif = vifName(xid);
    await vifRoute('offline', vif, network).catch((error: Error) =>
        console.error(error.message),
    );
    await run('ip', ['-n', network.netvm, 'link', 'delete', 'dev', vif]);
}

/** Takes a client's wire from a netvm that is about to end. */
export async function cut(netvm: string, xid: number): Promise<void> {
    await run('ip', ['-n', netvm, 'link', 'delete', 'dev', vifName(xid)]);
}

/** What a qube does itself when its eth0 comes. */
export async function configureUplink(qube: string, network: QubeNetwork) {
    const addresses = [network.ip, network.gateway];
    if (network.ip6 !== null && network.gateway6 !== null) {
        addresses.push(network.ip6, network.gateway6);
    }
    await runInside(qube, scriptPath('setup-ip'), addresses);
}

/** sys-net: its way out, and DNS to the resolver there. */
export async function setUpSysNet(): Promise<void> {
    const { namespace, device, ip, gateway, ip6, gateway6 } = uplink;
    await run('ip', [
        'link',
        'add',
        'name',
        'uplink',
        'netns',
        namespace,
        'type',
        'veth',
        'peer',
        'name',
        device,
        'netns',
        sysNet,
    ]);
    await configureLink(namespace, 'uplink', [
        `${gateway}/24`,
        `${gateway6}/64`,
    ]);
    await configureLink(sysNet, device, [`${ip}/24`, `${ip6}/64`]);
    // Among all addresses, which are the Internet's own, these are not.
    for (const address of [ip, ip6]) {
        await run('ip', [
            '-n',
            namespace,
            'route',
            'add',
            address,
            'dev',
            'uplink',
            'table',
            'local',
        ]);
    }
    for (const via of [gateway, gateway6]) {
        await run('ip', ['-n', sysNet, 'route', 'add', 'default', 'via', via]);
    }
    await setUpNetvm(sysNet, true);
}

async function configureLink(
    namespace: string,
    device: string,
    addresses: readonly string[],
): Promise<void> {
    for (const address of addresses) {
        await run('ip', [
            '-n',
            namespace,
            'address',
            'add',
            address,
            'dev',
            device,
        ]);
    }
    await run('ip', ['-n', namespace, 'link', 'set', 'dev', device, 'up']);
}

/** A netvm hands DNS on to the next one, sys-net to its resolver. */
export async function setUpNetvm(name: string, ip6: boolean): Promise<void> {
    await runInside(name, scriptPath('network-proxy-setup'), [
        ...resolversOf(name),
        ip6 ? 'yes' : 'no',
    ]);
}

async function vifRoute(
    command: 'online' | 'offline',
    vif: string,
    network: QubeNetwork,
): Promise<void> {
    const addresses =
        network.ip6 === null ? [network.ip] : [network.ip, network.ip6];
    await runInside(network.netvm, scriptPath('vif-route-qubes'), [
        command,
        vif,
        network.gateway,
        network.gateway6 ?? '-',
        ...addresses,
    ]);
}

function vifName(xid: number): string {
    return `vif${xid}.0`;
}
