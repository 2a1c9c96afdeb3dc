// qubesadmin/tools/qvm_create.py

import { labels } from '../model/setters.ts';
import { pythonRepr } from '../python.ts';
import { ApiError } from './api.ts';
import { type Arguments, UsageError } from './arguments.ts';
import { readArguments } from './read-arguments.ts';
import { requirePositionals } from './requirements.ts';
import type { Tool, ToolContext } from './tool.ts';
import { common, one, usage as usageOf } from './usages.ts';

const usage = usageOf(
    'qvm-create',
    [
        ...common,
        one('--class', '-C'),
        one('--property', '--prop'),
        one('--template', '-t'),
        one('--label', '-l'),
    ],
    [
        '[--verbose] [--quiet] [--help] [--version] [--class CLS]',
        '[--standalone] [--disp] [--property NAME=VALUE]',
        '[--pool VOLUME_NAME=POOL_NAME] [-P POOL_NAME]',
        '[--template VALUE] [--label VALUE] [--help-classes]',
        '[--root-copy-from FILENAME | --root-move-from FILENAME]',
        '[VMNAME]',
    ],
);

/** What qvm-create knows of classes, of those that the testbed has. */
const classes = ['AppVM', 'DispVM', 'StandaloneVM', 'TemplateVM'];

/** Ends with 1 if there is no qube, and with 2 if it is not as was wanted. */
export const qvmCreate: Tool = async (context) => {
    const args = readArguments(context, usage);
    requirePositionals(usage, args, [], 1);
    const properties = propertiesIn(args);
    const { name, label, template, klass } = checked(args);
    try {
        const payload = `name=${name} label=${label}`;
        const method = `admin.vm.Create.${klass}`;
        await context.api.call(method, 'dom0', template, payload);
    } catch (error) {
        return log(context, 'Error creating VM', error, 1);
    }
    let exitCode = 0;
    for (const [property, value] of properties) {
        try {
            const method = 'admin.vm.property.Set';
            await context.api.call(method, name, property, value);
        } catch (error) {
            const what = `Error setting property ${property} (but VM created)`;
            exitCode = log(context, what, error, 2);
        }
    }
    return exitCode;
};

/** A property that is given twice has its last value, at its first place. */
function propertiesIn(args: Arguments): Map<string, string> {
    return new Map(
        args.values('--property').map((token) => {
            const [name = '', ...value] = token.split('=');
            if (value.length === 0) {
                throw new UsageError(
                    usage,
                    `Invalid property token: ${pythonRepr(token)}`,
                );
            }
            return [name, value.join('=')];
        }),
    );
}

function checked(args: Arguments) {
    const label = args.values('--label').at(-1);
    const [name] = args.positionals;
    const klass = args.values('--class').at(-1) ?? 'AppVM';
    if (label === undefined) {
        throw new UsageError(usage, '--label option is mandatory');
    }
    if (name === undefined) {
        throw new UsageError(usage, 'VMNAME is mandatory');
    }
    if (!(labels as readonly string[]).includes(label)) {
        const known = labels.join(', ');
        throw new UsageError(
            usage,
            `no such label: ${pythonRepr(label)}; available: ${known}`,
        );
    }
    if (!classes.includes(klass)) {
        throw new UsageError(
            usage,
            `no such domain class: ${pythonRepr(klass)}`,
        );
    }
    const template = args.values('--template').at(-1) ?? '';
    return { name, label, template, klass };
}

/** As the logger of qubesadmin's app. */
function log(
    { stderr }: ToolContext,
    what: string,
    error: unknown,
    exitCode: number,
): number {
    if (!(error instanceof ApiError && error.isQubesException)) {
        throw error;
    }
    stderr(`app: ${what}: ${error.message}\n`);
    return exitCode;
}
