// A qube moves to another netvm (qubes-core-admin qubes/vm/mix/net.py).

import { notStarted } from '../errors.ts';
import {
    attachNetwork,
    deferredNetvm,
    detachNetwork,
    reloadClients,
} from '../life/network.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import type { EventArguments } from '../wire.ts';
import { setFeature } from './features.ts';

export interface NetvmChange {
    readonly qube: Qube;
    readonly newvalue: Qube | null;
    readonly oldvalue: Qube | null;
}

/** `property-pre-set:netvm`: the event comes before the refusal. */
export async function beforeNetvmChange(
    system: System,
    { qube, newvalue, oldvalue }: NetvmChange,
): Promise<void> {
    system.events.fire(
        qube.name,
        'property-pre-set:netvm',
        args(newvalue, oldvalue),
    );
    if (newvalue !== null && qube.isActive && !newvalue.isActive) {
        throw notStarted(
            newvalue.name,
            `Cannot dynamically attach to stopped qube ${newvalue.name}`,
        );
    }
    if (qube.powerState === 'Paused') {
        if (!qube.features.has(deferredNetvm)) {
            setFeature(system, qube, deferredNetvm, oldvalue?.name ?? '');
        }
    } else if (qube.isActive) {
        await detachNetwork(system, qube);
    }
}

/** `property-set:netvm`: a running qube is plugged again, then announced. */
export async function afterNetvmChange(
    system: System,
    { qube, newvalue, oldvalue }: NetvmChange,
): Promise<void> {
    await reloadClients(system, oldvalue);
    if (newvalue !== null) {
        await reloadClients(system, newvalue);
        if (qube.isActive) {
            system.events.fire(qube.name, 'domain-qdb-create');
            await attachNetwork(system, qube);
            await reloadClients(system, newvalue);
            system.events.fire(newvalue.name, 'net-domain-connect', [
                ['vm', qube.name],
            ]);
        }
    }
    system.events.fire(
        qube.name,
        'property-set:netvm',
        args(newvalue, oldvalue),
    );
}

function args(newvalue: Qube | null, oldvalue: Qube | null): EventArguments {
    return [
        ['name', 'netvm'],
        ['newvalue', newvalue?.name ?? null],
        ['oldvalue', oldvalue?.name ?? null],
    ];
}
