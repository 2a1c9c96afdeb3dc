// A qube's start (qubes-core-admin qubes/vm/qubesvm.py `start`, net.py).

import { setTimeout as delay } from 'node:timers/promises';
import { announceReset } from '../changes/effects.ts';
import { noSuchQube, QubesError, qubesException } from '../errors.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import {
    attachNetwork,
    deferredNetvm,
    networkOf,
    reloadClients,
} from './network.ts';
import { applyDeferredNetvm } from './pause.ts';
import { stop } from './stop.ts';

/** Its netvm first. A qube that has a domain already is left as it is. */
export function start(system: System, qube: Qube): Promise<void> {
    return qube.startup.run(async () => {
        await qube.stopping;
        if (system.find(qube.name) !== qube) {
            throw noSuchQube(qube.name);
        }
        if (qube.powerState !== 'Halted') {
            return;
        }
        const prohibited = qube.features.get('prohibit-start');
        if (prohibited) {
            const reason = `Qube start is prohibited. Rationale: ${prohibited}`;
            throw fail(system, qube, qubesException(reason));
        }
        system.events.fire(qube.name, 'domain-pre-start', [
            ['start_guid', true],
            ['mem_required', null],
        ]);
        system.events.fire(qube.name, 'domain-verify-files');
        await startNetvm(system, qube);
        await system.thread.run(() => spawn(system, qube));
        await activate(system, qube);
        await connect(system, qube);
    });
}

/** Waits too for a netvm that somebody else is starting. */
async function startNetvm(system: System, qube: Qube): Promise<void> {
    const netvm = system.related(qube, 'netvm');
    if (netvm !== null) {
        await start(system, netvm).catch((error: unknown) => {
            throw fail(system, qube, error);
        });
    }
}

/** From here to `domain-spawn` the qube still counts as Halted. */
async function spawn(system: System, qube: Qube): Promise<void> {
    const netvm = system.related(qube, 'netvm');
    system.events.fire(qube.name, 'domain-pre-spawn', [['start_guid', true]]);
    qube.spawning = true;
    try {
        await reloadClients(system, netvm);
        const network = networkOf(system, qube);
        const xid = system.nextXid();
        await system.world.create({
            name: qube.name,
            uuid: qube.identity.uuid,
            xid,
            klass: qube.identity.klass,
            providesNetwork: system.value(qube, 'provides_network') === true,
            network,
        });
        qube.plug = network;
        qube.xid = xid;
        qube.startTime = Math.floor(Date.now() / 1000);
        qube.powerState = 'Paused';
    } catch (error) {
        throw fail(system, qube, error);
    } finally {
        qube.spawning = false;
    }
    announceReset(system, qube, 'xid');
    announceReset(system, qube, 'stubdom_xid');
    announceReset(system, qube, 'start_time');
}

/** `domain-start` is sent when qrexec answers. */
async function activate(system: System, qube: Qube): Promise<void> {
    system.events.fire(qube.name, 'domain-spawn', [['start_guid', true]]);
    system.events.fire(qube.name, 'domain-qdb-create');
    system.events.fire(qube.name, 'domain-pre-unpaused');
    try {
        const booted = system.world.boot(qube.name);
        qube.powerState = 'Transient';
        system.events.fire(qube.name, 'domain-unpaused');
        await booted;
        qube.powerState = 'Running';
        if (system.value(qube, 'provides_network') === true) {
            await reloadClients(system, qube);
        }
    } catch (error) {
        const failure = fail(system, qube, qubeError(error));
        await stop(system, qube, 'kill');
        throw failure;
    }
    system.events.fire(qube.name, 'domain-start', [['start_guid', true]]);
}

/**
 * The asynchronous handler of a netvm's own `domain-start`: it plugs the
 * clients that run already, and sends no event for them.
 */
async function connect(system: System, qube: Qube): Promise<void> {
    await reloadClients(system, system.related(qube, 'netvm'));
    if (!system.clientsOf(qube).some(isUnplugged)) {
        return;
    }
    await delay(system.reattachDelayMs);
    for (const client of system.clientsOf(qube).filter(isUnplugged)) {
        await system.thread
            .run(() => reconnect(system, client))
            .catch((error: unknown) =>
                system.report(`network of ${client.name}`, error),
            );
    }
}

async function reconnect(system: System, client: Qube): Promise<void> {
    if (!isUnplugged(client)) {
        return;
    }
    if (client.features.has(deferredNetvm)) {
        await applyDeferredNetvm(system, client);
    } else {
        await attachNetwork(system, client);
        await reloadClients(system, system.related(client, 'netvm'));
    }
}

function isUnplugged({ powerState, plug, features }: Qube): boolean {
    return (
        (powerState === 'Transient' || powerState === 'Running') &&
        (plug === null || features.has(deferredNetvm))
    );
}

/** Whoever saw `domain-pre-start` hears that nothing came of it. */
function fail<E>(system: System, qube: Qube, error: E): E {
    system.events.fire(qube.name, 'domain-start-failed', [
        ['reason', text(error)],
    ]);
    return error;
}

function qubeError(error: unknown): QubesError {
    return error instanceof QubesError
        ? error
        : new QubesError('QubesVMError', text(error));
}

function text(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
