// Removal of a qube (qubes-core-admin qubes/app.py).

import { inUse, notHalted } from '../errors.ts';
import type { PropertyHolder } from '../model/property.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import { pythonRepr } from '../python.ts';

export function remove(system: System, qube: Qube): void {
    if (qube.identity.klass === 'AdminVM') {
        throw inUse("'dom0' cannot be removed");
    }
    if (qube.isActive) {
        throw notHalted(qube.name);
    }
    system.events.fire('', 'domain-pre-delete', [['vm', qube.name]]);
    if (isReferred(system, qube)) {
        throw inUse(
            `Domain is in use: ${pythonRepr(qube.name)};  see ` +
                "'journalctl -u qubesd -e' in dom0 for details",
        );
    }
    system.delete(qube);
    system.events.fire('', 'domain-delete', [['vm', qube.name]]);
}

/** By the system, or by an explicit setting of another qube. */
function isReferred(system: System, qube: Qube): boolean {
    const others = system.all().filter((other) => other !== qube);
    return (
        refers(system.globalHolder(), qube, () => true) ||
        others.some((other) =>
            refers(system.holder(other), qube, ({ isDefault }) => !isDefault),
        )
    );
}

type Held = NonNullable<ReturnType<PropertyHolder['find']>>;

function refers(
    holder: PropertyHolder,
    qube: Qube,
    counts: (property: Held) => boolean,
): boolean {
    return holder.names
        .map(holder.find)
        .some(
            (property) =>
                property?.type === 'vm' &&
                counts(property) &&
                property.value === qube.name,
        );
}
