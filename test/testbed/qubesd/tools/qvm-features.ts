// qubesadmin/tools/qvm_features.py

import { ApiError, linesOf } from './api.ts';
import { UsageError } from './arguments.ts';
import { resolveOne } from './domains.ts';
import { readArguments } from './read-arguments.ts';
import { requirePositionals } from './requirements.ts';
import { formatTable } from './table.ts';
import { RefusedError, type Tool, type ToolContext } from './tool.ts';
import { usages } from './usages.ts';

export const qvmFeatures: Tool = async (context) => {
    const usage = usages.features;
    const args = readArguments(context, usage);
    requirePositionals(usage, args, ['VMNAME'], 2);
    const [word = '', feature, value] = args.positionals;
    const { name } = await resolveOne(context, usage, word);
    const isUnset = args.has('--unset');
    if (isUnset && feature === undefined) {
        throw new UsageError(usage, '--unset requires a feature');
    }
    if (isUnset && value !== undefined) {
        throw new UsageError(usage, 'cannot both set and unset a value');
    }
    try {
        if (feature === undefined) {
            return await printAll(context, name);
        }
        if (isUnset) {
            await context.api.call('admin.vm.feature.Remove', name, feature);
        } else if (value === undefined) {
            const set = await context.api.call(
                'admin.vm.feature.Get',
                name,
                feature,
            );
            context.stdout(`${set}\n`);
        } else {
            const method = 'admin.vm.feature.Set';
            await context.api.call(method, name, feature, value);
        }
        return 0;
    } catch (error) {
        return afterError(error, isUnset);
    }
};

/** In the order they were set, not sorted. */
async function printAll(
    { api, stdout }: ToolContext,
    name: string,
): Promise<number> {
    const rows = [];
    for (const feature of linesOf(
        await api.call('admin.vm.feature.List', name),
    )) {
        const value = await api.call('admin.vm.feature.Get', name, feature);
        rows.push([feature, value]);
    }
    stdout(formatTable(rows));
    return 0;
}

/** A missing feature is no error to unset, and a silent one to read. */
function afterError(error: unknown, isUnset: boolean): number {
    if (!(error instanceof ApiError && error.isQubesException)) {
        throw error;
    }
    if (error.type !== 'QubesFeatureNotFoundError') {
        throw new RefusedError(error.message);
    }
    return isUnset ? 0 : 1;
}
