// qvm-prefs and qubes-prefs (qubesadmin/tools/qvm_prefs.py).

import { pythonRepr } from '../python.ts';
import { ApiError, linesOf, type PropertyState, parseProperty } from './api.ts';
import { type Arguments, type Usage, UsageError } from './arguments.ts';
import { resolveDomains } from './domains.ts';
import { readArguments } from './read-arguments.ts';
import { requirePositionals } from './requirements.ts';
import {
    PythonError,
    RefusedError,
    type Tool,
    type ToolContext,
} from './tool.ts';
import { usages } from './usages.ts';

interface Target {
    readonly context: ToolContext;
    readonly usage: Usage;
    readonly method: 'admin.vm.property' | 'admin.property';
    readonly dest: string;
    readonly hideDefault: boolean;
}

export const qvmPrefs: Tool = async (context) => {
    const usage = usages.prefs;
    const args = readArguments(context, usage);
    requirePositionals(usage, args, ['VMNAME'], 2);
    const [name = '', ...rest] = args.positionals;
    const dest = (await resolveDomains(context, usage, [name])).at(-1)?.name;
    if (dest === undefined) {
        throw new PythonError('IndexError', 'pop from empty list');
    }
    const method = 'admin.vm.property';
    const hideDefault = args.has('--hide-default');
    return act({ context, usage, method, dest, hideDefault }, args, rest);
};

export const qubesPrefs: Tool = async (context) => {
    const usage = usages.globalPrefs;
    const args = readArguments(context, usage);
    requirePositionals(usage, args, [], 2);
    const method = 'admin.property';
    const hideDefault = args.has('--hide-default');
    return act(
        { context, usage, method, dest: 'dom0', hideDefault },
        args,
        args.positionals,
    );
};

async function act(
    target: Target,
    args: Arguments,
    [word, value]: readonly string[],
): Promise<number> {
    if (word === undefined) {
        await printAll(target);
        return 0;
    }
    const property = word.replaceAll('-', '_');
    try {
        if (value !== undefined) {
            await set(target, property, value);
        } else if (args.has('--default')) {
            await change(target, 'Reset', property, '');
        } else {
            await printOne(target, property);
        }
    } catch (error) {
        throw explained(target, property, error);
    }
    return 0;
}

async function printAll(target: Target): Promise<void> {
    const { context, method, dest, hideDefault } = target;
    // Which there are, and then all values with one call.
    const names = linesOf(await context.api.call(`${method}.List`, dest));
    const properties = await context.api.properties(method, dest);
    const width = Math.max(...names.map((name) => name.length));
    for (const name of names.toSorted()) {
        const state = properties.get(name) as PropertyState;
        const cell = name.padEnd(width);
        if (isUnset(state)) {
            context.stdout(`${cell}  U\n`);
        } else if (!state.isDefault || !hideDefault) {
            const flag = state.isDefault ? 'D' : '-';
            context.stdout(`${cell}  ${flag}  ${shown(state) ?? 'None'}\n`);
        }
    }
}

async function printOne(target: Target, property: string): Promise<void> {
    const { context, method, dest, hideDefault } = target;
    const reply = await context.api.call(`${method}.Get`, dest, property);
    const state = parseProperty(reply);
    if (hideDefault && state.isDefault) {
        return;
    }
    if (isUnset(state)) {
        throw new PythonError('AttributeError', property);
    }
    const text = shown(state);
    if (text !== null) {
        context.stdout(`${text}\n`);
    }
}

const namesQube = ['default_dispvm', 'netvm', 'template', 'guivm', 'audiovm'];

/** The word `none` means no qube. */
async function set(
    target: Target,
    property: string,
    value: string,
): Promise<void> {
    const isNone =
        value.toLowerCase() === 'none' && namesQube.includes(property);
    await change(target, 'Set', property, isNone ? '' : value);
}

/** An empty reply is all that qubesd says to a property set once for all. */
async function change(
    { context, method, dest }: Target,
    step: 'Set' | 'Reset',
    property: string,
    value: string,
): Promise<void> {
    try {
        await context.api.call(`${method}.${step}`, dest, property, value);
    } catch (error) {
        throw error instanceof ApiError &&
            error.type === 'QubesDaemonAccessError'
            ? new RefusedError(`Failed to access '${property}' property`)
            : error;
    }
}

function explained(
    { usage }: Target,
    property: string,
    error: unknown,
): unknown {
    if (!(error instanceof ApiError && error.isQubesException)) {
        return error;
    }
    return error.type === 'QubesNoSuchPropertyError'
        ? new UsageError(usage, `no such property: ${pythonRepr(property)}`)
        : new RefusedError(error.message);
}

/** Numbers and truth values can be missing; Python has no value for that. */
function isUnset({ type, text }: PropertyState): boolean {
    return text === '' && (type === 'int' || type === 'bool');
}

/** Null: None, which a single read does not print. */
function shown({ type, text }: PropertyState): string | null {
    return text === '' && (type === 'vm' || type === 'label') ? null : text;
}
