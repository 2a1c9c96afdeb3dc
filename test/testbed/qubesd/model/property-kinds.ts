// Short ways to write the property tables down.

import type { Value } from '../python.ts';
import type { Property } from './property.ts';
import * as qubeSetters from './qube-setters.ts';
import * as setters from './setters.ts';

type DefaultOf<Owner> = Property<Owner>['defaultOf'];

export function always(value: Value): () => Value {
    return () => value;
}

export function str<Owner>(
    name: string,
    defaultOf: DefaultOf<Owner>,
    setter = setters.text,
): Property<Owner> {
    return { name, type: 'str', defaultOf, setter };
}

export function int<Owner>(
    name: string,
    defaultOf: DefaultOf<Owner>,
    setter = setters.positiveInteger,
): Property<Owner> {
    return { name, type: 'int', defaultOf, setter };
}

export function bool<Owner>(
    name: string,
    defaultOf: DefaultOf<Owner>,
    setter = setters.bool,
): Property<Owner> {
    return { name, type: 'bool', defaultOf, setter };
}

export function vm<Owner>(
    name: string,
    defaultOf: DefaultOf<Owner>,
    setter = qubeSetters.qubeName,
): Property<Owner> {
    return { name, type: 'vm', defaultOf, setter };
}

/** Nobody can set it. */
export function computed<Owner>(
    name: string,
    defaultOf: DefaultOf<Owner>,
): Property<Owner> {
    return { name, type: 'str', defaultOf, setter: setters.forbidden };
}
