// What qubesd announces besides when a property changes: the values that
// depend on it (handlers in qubes/vm/mix/net.py, qubesvm.py and
// ext/core_features.py).

import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import type { Value } from '../python.ts';
import { removeFeature, setFeature } from './features.ts';

interface OldAndNew {
    readonly oldvalue: Value;
    readonly newvalue: Value;
}

/** Between the value's change and its `property-set` event. */
export function ofSet(
    system: System,
    qube: Qube,
    property: string,
    { oldvalue, newvalue }: OldAndNew,
): void {
    const changed = oldvalue !== newvalue;
    if (property === 'label' || property === 'template_for_dispvms') {
        announceReset(system, qube, 'icon');
    }
    if (property === 'provides_network') {
        followServiceFeature(system, qube);
    }
    if (property === 'provides_network' && changed) {
        announceReset(system, qube, 'gateway');
        announceReset(system, qube, 'gateway6');
    }
    if (property === 'ip' && changed) {
        announceAddress(system, qube, '');
    }
    if (property === 'ip6' && changed) {
        announceAddress(system, qube, '6');
    }
}

/** Between the removal of the value and its `property-reset` event. */
export function ofReset(
    system: System,
    qube: Qube,
    property: string,
    { oldvalue }: OldAndNew,
): void {
    if (property === 'provides_network') {
        followServiceFeature(system, qube);
    }
    if (property === 'ip' && oldvalue !== null) {
        announceAddress(system, qube, '');
    }
}

function announceAddress(system: System, qube: Qube, family: '' | '6'): void {
    if (system.value(qube, 'provides_network') === true) {
        announceReset(system, qube, `gateway${family}`);
    }
    announceReset(system, qube, `visible_ip${family}`);
    for (const client of system.clientsOf(qube)) {
        announceReset(system, client, `visible_gateway${family}`);
    }
}

function followServiceFeature(system: System, qube: Qube): void {
    if (system.value(qube, 'provides_network') === true) {
        setFeature(system, qube, 'servicevm', '1');
        announceReset(system, qube, 'icon');
    } else if (qube.features.has('servicevm')) {
        removeFeature(system, qube, 'servicevm');
        announceReset(system, qube, 'icon');
    }
}

export function announceReset(
    system: System,
    qube: Qube,
    property: string,
): void {
    system.events.fire(qube.name, `property-reset:${property}`, [
        ['name', property],
    ]);
}
