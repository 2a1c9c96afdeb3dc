// A qube's end (qubes-core-admin qubes/vm/qubesvm.py, net.py, dispvm.py).

import { announceReset } from '../changes/effects.ts';
import { removeFeature } from '../changes/features.ts';
import { inUse, notRunning, notStarted } from '../errors.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import { deferredNetvm, detachNetwork } from './network.ts';
import { remove } from './remove.ts';

export interface ShutdownOptions {
    /** Also while it serves running clients. */
    readonly force: boolean;
    /** Answer when it is down, not when it was asked to go down. */
    readonly wait: boolean;
}

export async function shutdown(
    system: System,
    qube: Qube,
    { force, wait }: ShutdownOptions,
): Promise<void> {
    if (!qube.isActive) {
        throw notStarted(qube.name);
    }
    system.events.fire(qube.name, 'domain-pre-shutdown', [['force', force]]);
    try {
        if (!force) {
            refuseIfInUse(system, qube);
        }
        const stopped = stop(system, qube, 'shutdown');
        if (wait) {
            await stopped;
        } else {
            stopped.catch((error: Error) => fail(system, qube, error));
        }
    } catch (error) {
        fail(system, qube, error as Error);
        throw error;
    }
}

export async function kill(system: System, qube: Qube): Promise<void> {
    if (!qube.isActive) {
        throw notStarted(qube.name);
    }
    await stop(system, qube, 'kill');
}

/** However it ends, only these events tell. A second stop joins the first. */
export function stop(
    system: System,
    qube: Qube,
    how: 'shutdown' | 'kill',
): Promise<void> {
    qube.stopping ??= end(system, qube, how).finally(() => {
        qube.stopping = null;
    });
    return qube.stopping;
}

async function end(
    system: System,
    qube: Qube,
    how: 'shutdown' | 'kill',
): Promise<void> {
    await system.world.destroy(
        qube.name,
        qube.powerState === 'Paused' ? 'kill' : how,
    );
    qube.powerState = 'Halted';
    qube.xid = -1;
    qube.startTime = null;
    qube.plug = null;
    system.events.fire(qube.name, 'domain-stopped');
    announceReset(system, qube, 'xid');
    announceReset(system, qube, 'stubdom_xid');
    announceReset(system, qube, 'start_time');
    await system.thread.run(() => disconnectClients(system, qube));
    system.events.fire(qube.name, 'domain-shutdown');
    if (system.value(qube, 'auto_cleanup') === true) {
        remove(system, qube);
    }
}

/** They keep running, without a network, until the netvm starts again. */
async function disconnectClients(system: System, qube: Qube): Promise<void> {
    if (qube.features.has(deferredNetvm)) {
        removeFeature(system, qube, deferredNetvm);
    }
    for (const client of system.clientsOf(qube)) {
        if (client.isActive) {
            await detachNetwork(system, client).catch((error: unknown) =>
                system.report(`network of ${client.name}`, error),
            );
        }
    }
}

function refuseIfInUse(system: System, qube: Qube): void {
    const clients = system.clientsOf(qube).filter(({ isActive }) => isActive);
    if (clients.length > 0) {
        const names = clients.map(({ name }) => name).join(', ');
        throw inUse(`There are other VMs connected to this VM: ${names}`);
    }
    if (qube.powerState === 'Paused') {
        throw notRunning(qube.name);
    }
}

function fail(system: System, qube: Qube, error: Error): void {
    system.events.fire(qube.name, 'domain-shutdown-failed', [
        ['reason', error.message],
    ]);
}
