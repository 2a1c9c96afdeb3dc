// Setting and resetting a property: the events around it and what follows
// from it (qubes-core-admin qubes/__init__.py, class property).

import { UnexpectedError } from '../errors.ts';
import type { HeldProperty, PropertyHolder } from '../model/property.ts';
import type { Qube } from '../model/qube.ts';
import { checkNetvm } from '../model/qube-setters.ts';
import { writeOnce } from '../model/setters.ts';
import type { System } from '../model/system.ts';
import type { Value } from '../python.ts';
import type { EventArguments } from '../wire.ts';
import * as effects from './effects.ts';
import { afterNetvmChange, beforeNetvmChange } from './netvm-change.ts';

/** A property about to change, or changed. */
interface Change {
    readonly system: System;
    readonly holder: PropertyHolder;
    readonly property: HeldProperty;
    readonly oldvalue: Value;
    readonly newvalue: Value;
}

export async function setProperty(
    system: System,
    holder: PropertyHolder,
    property: HeldProperty,
    untrusted_text: string,
): Promise<void> {
    const { qube } = holder;
    const newvalue = property.setter({
        untrusted_text,
        property: property.name,
        system,
        qube,
    });
    const oldvalue = property.value;
    const change = { system, holder, property, oldvalue, newvalue };
    await beforeSet(change);
    holder.explicit.set(property.name, newvalue);
    await afterSet(change);
}

export async function resetProperty(
    system: System,
    holder: PropertyHolder,
    property: HeldProperty,
): Promise<void> {
    if (property.setter === writeOnce) {
        throw new UnexpectedError(`${property.name} is write-once`);
    }
    const oldvalue = property.value;
    const newvalue = property.default;
    const change = { system, holder, property, oldvalue, newvalue };
    const args: EventArguments = [
        ['name', property.name],
        ['oldvalue', oldvalue],
    ];
    fire(change, 'pre-reset', args);
    await beforeReset(change);
    fire(change, 'pre-del', args);
    holder.explicit.delete(property.name);
    await afterReset(change);
    fire(change, 'reset', args);
    fire(change, 'del', args);
}

async function beforeSet(change: Change): Promise<void> {
    const { system, holder, property } = change;
    if (holder.qube !== null && property.name === 'netvm') {
        await beforeNetvmChange(system, netvmChange(change, holder.qube));
        return;
    }
    fire(change, 'pre-set', oldAndNew(change));
    if (holder.qube === null && property.name === 'default_netvm') {
        for (const qube of system.followersOfDefault()) {
            await beforeNetvmChange(system, netvmChange(change, qube));
        }
    }
}

async function afterSet(change: Change): Promise<void> {
    const { system, holder, property } = change;
    if (holder.qube !== null && property.name === 'netvm') {
        await afterNetvmChange(system, netvmChange(change, holder.qube));
        return;
    }
    if (holder.qube === null) {
        await followDefaultNetvm(change);
    } else {
        effects.ofSet(system, holder.qube, property.name, change);
    }
    fire(change, 'set', oldAndNew(change));
}

async function beforeReset(change: Change): Promise<void> {
    const { system, holder, property, oldvalue, newvalue } = change;
    if (holder.qube !== null && property.name === 'netvm') {
        const moved = netvmChange(change, holder.qube);
        if (moved.newvalue !== null) {
            checkNetvm({ system }, holder.qube, moved.newvalue);
        }
        if (newvalue !== oldvalue) {
            await beforeNetvmChange(system, moved);
        }
    }
}

async function afterReset(change: Change): Promise<void> {
    const { system, holder, property, oldvalue, newvalue } = change;
    if (holder.qube === null) {
        return;
    }
    if (property.name !== 'netvm') {
        effects.ofReset(system, holder.qube, property.name, change);
    } else if (newvalue !== oldvalue) {
        await afterNetvmChange(system, netvmChange(change, holder.qube));
    }
}

/**
 * Each qube that follows the default moves. A template's own default is none,
 * so it is told of a new netvm first and of none afterwards.
 */
async function followDefaultNetvm(change: Change): Promise<void> {
    const { system, property } = change;
    if (property.name !== 'default_netvm') {
        return;
    }
    for (const qube of system.followersOfDefault()) {
        const moved = {
            ...netvmChange(change, qube),
            newvalue: system.related(qube, 'netvm'),
        };
        if (moved.newvalue !== moved.oldvalue) {
            await afterNetvmChange(system, moved);
        }
        system.events.fire(qube.name, 'property-reset:netvm', [
            ['name', 'netvm'],
            ['oldvalue', change.oldvalue],
        ]);
    }
}

function netvmChange({ system, oldvalue, newvalue }: Change, qube: Qube) {
    return {
        qube,
        newvalue: named(system, newvalue),
        oldvalue: named(system, oldvalue),
    };
}

function named(system: System, value: Value): Qube | null {
    return typeof value === 'string' ? system.get(value) : null;
}

function oldAndNew({ property, oldvalue, newvalue }: Change): EventArguments {
    return [
        ['name', property.name],
        ['newvalue', newvalue],
        ['oldvalue', oldvalue],
    ];
}

function fire(change: Change, step: string, args: EventArguments): void {
    const { system, holder, property } = change;
    system.events.fire(
        holder.subject,
        `property-${step}:${property.name}`,
        args,
    );
}
