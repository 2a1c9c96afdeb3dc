// What qubesd does to a qube's network, in the world and in its netvm's
// QubesDB (qubes-core-admin qubes/vm/mix/net.py).

import type { NetvmClient, QubeNetwork } from '../../world.ts';
import { setFeature } from '../changes/features.ts';
import { notRunning } from '../errors.ts';
import { isExpired } from '../firewall-rule.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';

/** Set while a paused qube still hangs on the netvm it was moved away from. */
export const deferredNetvm = 'deferred-netvm-original';

/** Null without a netvm, or while it has no domain. */
export function networkOf(system: System, qube: Qube): QubeNetwork | null {
    const netvm = system.related(qube, 'netvm');
    const ip = system.value(qube, 'ip');
    if (netvm === null || !netvm.isActive || ip === null) {
        return null;
    }
    return {
        netvm: netvm.name,
        ip: String(ip),
        ip6: asText(system, qube, 'ip6'),
        gateway: String(system.value(netvm, 'gateway')),
        gateway6: asText(system, netvm, 'gateway6'),
    };
}

/** `attach_network()`: a paused qube is plugged when it is unpaused. */
export async function attachNetwork(system: System, qube: Qube): Promise<void> {
    const network = networkOf(system, qube);
    if (!qube.isActive || network === null) {
        throw notRunning(qube.name);
    }
    if (qube.powerState !== 'Paused') {
        await system.world.attachNetwork(qube.name, network);
        qube.plug = network;
    }
}

/** `detach_network()`: a paused qube's interface stays, and is noted. */
export async function detachNetwork(system: System, qube: Qube): Promise<void> {
    if (qube.plug === null) {
        return;
    }
    if (qube.powerState !== 'Paused') {
        await system.world.detachNetwork(qube.name);
        qube.plug = null;
    } else if (!qube.features.has(deferredNetvm)) {
        setFeature(system, qube, deferredNetvm, qube.plug.netvm);
    }
}

/**
 * `reload_connected_ips()` and `reload_firewall_for_vm()`: nothing happens
 * while the netvm does not run; its own start does it then.
 */
export async function reloadClients(
    system: System,
    netvm: Qube | null,
): Promise<void> {
    if (netvm?.powerState === 'Running') {
        const clients = system.clientsOf(netvm);
        await system.world.setClients(
            netvm.name,
            clients.flatMap((client) => netvmClient(system, client)),
        );
    }
}

/** A plugged client counts with the address that its interface carries. */
function netvmClient(system: System, client: Qube): NetvmClient[] {
    const ip = client.plug?.ip ?? asText(system, client, 'ip');
    const ip6 = client.plug ? client.plug.ip6 : asText(system, client, 'ip6');
    const rules =
        client.isActive || client.spawning
            ? client.firewall.filter((rule) => !isExpired(rule))
            : null;
    return ip === null ? [] : [{ name: client.name, ip, ip6, rules }];
}

function asText(system: System, qube: Qube, property: string): string | null {
    const value = system.value(qube, property);
    return value === null ? null : String(value);
}
