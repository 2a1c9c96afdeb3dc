// Pause and unpause, and the netvm change that waits for the latter
// (qubes-core-admin qubes/vm/qubesvm.py, net.py `apply_deferred_netvm`).

import { removeFeature } from '../changes/features.ts';
import {
    afterNetvmChange,
    beforeNetvmChange,
} from '../changes/netvm-change.ts';
import { notPaused, notRunning } from '../errors.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import { deferredNetvm } from './network.ts';

export async function pause(system: System, qube: Qube): Promise<void> {
    if (!qube.isActive) {
        throw notRunning(qube.name);
    }
    system.events.fire(qube.name, 'domain-pre-paused');
    await system.world.pause(qube.name);
    qube.powerState = 'Paused';
    system.events.fire(qube.name, 'domain-paused');
}

export async function unpause(system: System, qube: Qube): Promise<void> {
    if (qube.powerState !== 'Paused') {
        throw notPaused(qube.name);
    }
    system.events.fire(qube.name, 'domain-pre-unpaused');
    await system.world.unpause(qube.name);
    qube.powerState = 'Running';
    system.events.fire(qube.name, 'domain-unpaused');
    await system.thread.run(() => applyDeferredNetvm(system, qube));
}

/** Does, and announces, the move that was announced while it was paused. */
export async function applyDeferredNetvm(
    system: System,
    qube: Qube,
): Promise<void> {
    const original = qube.features.get(deferredNetvm);
    const newvalue = system.related(qube, 'netvm');
    if (original === undefined || newvalue?.isActive === false) {
        return;
    }
    const oldvalue = system.find(original) ?? null;
    const change = { qube, newvalue, oldvalue };
    await beforeNetvmChange(system, change);
    if (newvalue !== null) {
        await afterNetvmChange(system, change);
    }
    removeFeature(system, qube, deferredNetvm);
    // It then runs qubes.WaitForNetworkUplink in the qube.
    system.events.fire(qube.name, 'domain-cmd-pre-run', [
        ['start_guid', false],
    ]);
}
