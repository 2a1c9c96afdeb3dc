// qvm-ls without its tree, disk columns, sorting and the rarer filters
// (qubesadmin/tools/qvm_ls.py).

import { ApiError, type ListedQube, linesOf } from './api.ts';
import { type Arguments, UsageError } from './arguments.ts';
import { checkGroup, resolveDomains } from './domains.ts';
import { QubeColumns } from './qube-columns.ts';
import { readArguments } from './read-arguments.ts';
import { formatTable } from './table.ts';
import type { Tool, ToolContext } from './tool.ts';
import { usages } from './usages.ts';

const formats: Readonly<Record<string, string>> = {
    simple: 'name,state,class,label,template,netvm',
    network: 'name,state,netvm,ip,ipback,gateway',
    kernel: 'name,state,class,template,kernel,kernelopts',
    full: 'name,state,class,label,qid,xid,uuid',
    prefs: 'name,label,template,netvm,vcpus,initialmem,maxmem,virt_mode',
};

export const qvmLs: Tool = async (context) => {
    const args = readArguments(context, usages.ls);
    checkGroup(usages.ls, args, false);
    const fields = fieldsOf(args);
    try {
        const qubes = await filtered(context, args);
        const columns = new QubeColumns(context.api);
        const rows = [];
        for (const qube of qubes) {
            rows.push(await columns.row(qube, fields));
        }
        print(context, args, fields, rows);
        return 0;
    } catch (error) {
        if (error instanceof ApiError && error.isQubesException) {
            context.stderr(`Error: ${error.message}\n`);
            return 1;
        }
        throw error;
    }
};

function fieldsOf(args: Arguments): string[] {
    if (args.has('--raw-list')) {
        return ['name'];
    }
    const shortcut = args.has('--network')
        ? 'network'
        : args.has('--kernel')
          ? 'kernel'
          : 'simple';
    const format = args.values('--format').at(-1) ?? shortcut;
    const fields = args.values('--fields').at(-1) ?? formats[format];
    if (fields === undefined) {
        const known = Object.keys(formats)
            .map((name) => `'${name}'`)
            .join(', ');
        throw new UsageError(
            usages.ls,
            `argument --format/-o: invalid choice: '${format}' (choose from ${known}, 'disk')`,
        );
    }
    return fields.split(',').map((field) => field.trim());
}

/** A pipe gets each dot of the spinner: one at first, one per cell. */
function print(
    { stdout, stderr }: ToolContext,
    args: Arguments,
    fields: readonly string[],
    rows: readonly (readonly string[])[],
): void {
    if (args.has('--raw-data') || args.has('--raw-list')) {
        stdout(rows.map((row) => `${row.join('|')}\n`).join(''));
        return;
    }
    if (!args.has('--no-spinner')) {
        const dots = 2 + rows.length * fields.length;
        stderr(`please wait... ${'.'.repeat(dots)}\n`);
    }
    const head = fields.map((field) =>
        field.toUpperCase().replaceAll('_', '-'),
    );
    stdout(formatTable([head, ...rows]));
}

async function filtered(
    context: ToolContext,
    args: Arguments,
): Promise<ListedQube[]> {
    const { positionals } = args;
    const named =
        positionals.length > 0
            ? await resolveDomains(context, usages.ls, positionals)
            : await context.api.list();
    const excluded = args.values('--exclude');
    const qubes = named
        .filter(({ name }) => !excluded.includes(name))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    const kept = [];
    for (const qube of qubes) {
        if (await isWanted(context, args, qube)) {
            kept.push(qube);
        }
    }
    return kept;
}

const powerStates = ['running', 'paused', 'halted'];

async function isWanted(
    { api }: ToolContext,
    args: Arguments,
    { name, klass, state }: ListedQube,
): Promise<boolean> {
    const states = powerStates.filter((one) => args.has(`--${one}`));
    if (states.length > 0 && !states.includes(state.toLowerCase())) {
        return false;
    }
    if (args.has('--class') && !args.values('--class').includes(klass)) {
        return false;
    }
    if (args.has('--label')) {
        const properties = await api.properties('admin.vm.property', name);
        const label = properties.get('label')?.text ?? '';
        if (!args.values('--label').includes(label)) {
            return false;
        }
    }
    if (!args.has('--tags') && !args.has('--exclude-tags')) {
        return true;
    }
    const tags = linesOf(await api.call('admin.vm.tag.List', name));
    const hasOneOf = (option: string) =>
        args.values(option).some((tag) => tags.includes(tag));
    return (
        (!args.has('--tags') || hasOneOf('--tags')) &&
        !hasOneOf('--exclude-tags')
    );
}
