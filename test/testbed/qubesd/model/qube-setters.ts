// Setters of properties that have to do with other qubes.

import { notHalted, propertyValueError, valueError } from '../errors.ts';
import { pythonRepr, type Value } from '../python.ts';
import type { SetterContext } from './property.ts';
import type { Qube } from './qube.ts';
import { validateQubeName } from './qube-name.ts';
import { bool } from './setters.ts';

/** The name of an existing qube; the empty text means none. */
export function qubeName(context: SetterContext): Value {
    return namedQube(context)?.name ?? null;
}

export function dispvmTemplate(context: SetterContext): Value {
    const qube = namedQube(context);
    if (
        qube !== null &&
        context.system.value(qube, 'template_for_dispvms') !== true
    ) {
        const target =
            context.qube === null
                ? 'system'
                : `qube ${pythonRepr(context.qube.name)}`;
        throw propertyValueError(
            `Cannot set invalid property to ${target}, ${context.property} ` +
                `${pythonRepr(qube.name)} has template_for_dispvms set to False`,
        );
    }
    return qube?.name ?? null;
}

export function template(context: SetterContext): Value {
    const { qube: of, property } = context;
    const chosen = namedQube(context);
    if (chosen === null) {
        throw propertyValueError(
            `Invalid value None for property ${pythonRepr(property)} of ${of?.name}`,
        );
    }
    if (of?.identity.klass === 'DispVM') {
        if (context.system.value(chosen, 'template_for_dispvms') !== true) {
            throw propertyValueError(
                'template for disposable must have template_for_dispvms=True',
            );
        }
    } else if (chosen.identity.klass !== 'TemplateVM') {
        throw propertyValueError(
            `wrong VM class: domains[${pythonRepr(chosen.name)}] is of type ` +
                `${chosen.identity.klass} and not TemplateVM`,
        );
    }
    if (of?.isActive) {
        throw notHalted(
            of.name,
            'Cannot change template while qube is running',
        );
    }
    return chosen.name;
}

export function providesNetwork(context: SetterContext): boolean {
    const value = bool(context);
    const { system, qube } = context;
    if (!value && qube !== null && system.clientsOf(qube).length > 0) {
        throw valueError(
            "The qube is still used by other qubes, change theirs 'netvm' first",
        );
    }
    return value;
}

export function netvm(context: SetterContext): Value {
    const chosen = namedQube(context);
    if (chosen !== null && context.qube !== null) {
        checkNetvm(context, context.qube, chosen);
    }
    return chosen?.name ?? null;
}

/** Also qubesd's check of the default, when a netvm is reset to it. */
export function checkNetvm(
    { system }: Pick<SetterContext, 'system'>,
    qube: Qube,
    chosen: Qube,
): void {
    if (system.value(chosen, 'provides_network') !== true) {
        throw valueError(`The ${chosen.name} qube does not provide network`);
    }
    if (chosen === qube || system.isBehind(chosen, qube)) {
        throw valueError('Loops in network are unsupported');
    }
}

export function defaultNetvm(context: SetterContext): Value {
    const { system } = context;
    const chosen = namedQube(context);
    for (const qube of chosen === null ? [] : system.followersOfDefault()) {
        if (chosen === qube || system.isBehind(chosen as Qube, qube)) {
            throw propertyValueError(`Network loop on '${qube.name}'`);
        }
    }
    return chosen?.name ?? null;
}

function namedQube(context: SetterContext): Qube | null {
    const { untrusted_text, property, system } = context;
    if (untrusted_text === '') {
        return null;
    }
    validateQubeName(untrusted_text);
    const qube = system.find(untrusted_text);
    if (qube === undefined) {
        throw propertyValueError(
            `Can't set ${property} to non-existing qube ${untrusted_text}`,
        );
    }
    return qube;
}
