import { resetProperty, setProperty } from '../changes/properties.ts';
import { noSuchProperty, valueError } from '../errors.ts';
import type { HeldProperty, PropertyHolder } from '../model/property.ts';
import { pythonStr, type Value } from '../python.ts';
import {
    type AdminCall,
    type AdminMethods,
    lines,
    named,
    plain,
} from './method.ts';

type HolderOf = (call: AdminCall) => PropertyHolder;

/** `admin.vm.property.*` for a qube, `admin.property.*` for the system. */
export const propertyMethods: AdminMethods = {
    ...methodsFor('admin.vm.property', {}, ({ system, destination }) =>
        system.holder(destination),
    ),
    ...methodsFor('admin.property', { toAdminVm: true }, ({ system }) =>
        system.globalHolder(),
    ),
};

function methodsFor(
    prefix: string,
    checks: { toAdminVm?: boolean },
    holderOf: HolderOf,
): AdminMethods {
    const one = { ...named, ...checks };
    const all = { ...plain, ...checks };
    return {
        [`${prefix}.List`]: {
            ...all,
            run: (call) => lines(holderOf(call).names),
        },
        [`${prefix}.Get`]: {
            ...one,
            run: (call) => stateOf(find(holderOf(call), call.argument)),
        },
        [`${prefix}.GetAll`]: { ...all, run: (call) => getAll(holderOf(call)) },
        [`${prefix}.GetDefault`]: {
            ...one,
            run: (call) => {
                const property = find(holderOf(call), call.argument);
                return `type=${property.type} ${content(property.default)}`;
            },
        },
        [`${prefix}.Set`]: {
            ...checks,
            wantsArgument: true,
            run: (call) => set(holderOf(call), call),
        },
        [`${prefix}.Reset`]: {
            ...one,
            run: async (call) => {
                const holder = holderOf(call);
                const property = find(holder, call.argument);
                await call.system.thread.run(() =>
                    resetProperty(call.system, holder, property),
                );
                return '';
            },
        },
    };
}

async function set(holder: PropertyHolder, call: AdminCall): Promise<string> {
    const { system, argument, untrusted_payload } = call;
    const property = find(holder, argument);
    if (untrusted_payload.some((byte) => byte > 0x7f)) {
        throw valueError('Non-ASCII bytes in property value');
    }
    const untrusted_text = untrusted_payload.toString('ascii');
    await system.thread.run(() =>
        setProperty(system, holder, property, untrusted_text),
    );
    return '';
}

function getAll(holder: PropertyHolder): string {
    return lines(
        holder.names.map((name) => {
            const state = stateOf(find(holder, name));
            const escaped = state.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
            return `${name} ${escaped}`;
        }),
    );
}

function find(holder: PropertyHolder, name: string): HeldProperty {
    const property = holder.find(name);
    if (property === undefined) {
        throw noSuchProperty(holder.description, name);
    }
    return property;
}

function stateOf({ isDefault, type, value }: HeldProperty): string {
    return `default=${pythonStr(isDefault)} type=${type} ${content(value)}`;
}

/** On the wire no value and an empty one are the same. */
function content(value: Value): string {
    return value === null ? '' : pythonStr(value);
}
