// What a property is, for qubes and for the system alike.

import type { Value } from '../python.ts';
import type { Qube } from './qube.ts';
import type { System } from './system.ts';

export type PropertyType = 'str' | 'int' | 'bool' | 'vm' | 'label';

export interface SetterContext {
    readonly untrusted_text: string;
    readonly property: string;
    readonly system: System;
    /** Null for a property of the system. */
    readonly qube: Qube | null;
}

/** Turns what a caller sent into a value, or throws what qubesd raises. */
export type Setter = (context: SetterContext) => Value;

/** `Owner` is what its default is computed from. */
export interface Property<Owner> {
    readonly name: string;
    readonly type: PropertyType;
    readonly defaultOf: (owner: Owner) => Value;
    readonly setter: Setter;
}

/** A property of a certain qube, or of the system. */
export interface HeldProperty {
    readonly name: string;
    readonly type: PropertyType;
    readonly setter: Setter;
    readonly isDefault: boolean;
    readonly value: Value;
    readonly default: Value;
}

/** A qube's properties, or the system's. */
export interface PropertyHolder {
    /** Null for the system. */
    readonly qube: Qube | null;
    /** Event subject: empty for the system. */
    readonly subject: string;
    /** As error messages call it. */
    readonly description: string;
    /** In the order of `property.List`. */
    readonly names: readonly string[];
    readonly explicit: Map<string, Value>;
    readonly find: (name: string) => HeldProperty | undefined;
}

export function holderOf<Owner>(
    who: Pick<PropertyHolder, 'qube' | 'subject' | 'description' | 'explicit'>,
    owner: Owner,
    table: readonly Property<Owner>[],
): PropertyHolder {
    return {
        ...who,
        names: table.map(({ name }) => name),
        find: (name) => {
            const property = table.find((one) => one.name === name);
            return property && held(property, owner, who.explicit);
        },
    };
}

function held<Owner>(
    { name, type, setter, defaultOf }: Property<Owner>,
    owner: Owner,
    explicit: ReadonlyMap<string, Value>,
): HeldProperty {
    const value = explicit.get(name);
    return {
        name,
        type,
        setter,
        isDefault: value === undefined,
        get value() {
            return value === undefined ? defaultOf(owner) : value;
        },
        get default() {
            return defaultOf(owner);
        },
    };
}
