// VMNAME on a command line: names, shell patterns (R4.3), or `--all`.

import { pythonRepr } from '../python.ts';
import type { ListedQube } from './api.ts';
import { type Arguments, type Usage, UsageError } from './arguments.ts';
import { refuseUnrecognized } from './requirements.ts';
import { PythonError, type ToolContext } from './tool.ts';

/** Every name must match something that exists. */
export async function resolveDomains(
    { api }: ToolContext,
    usage: Usage,
    words: readonly string[],
): Promise<ListedQube[]> {
    const { found, missing } = matchDomains(await api.list(), words);
    if (missing[0] !== undefined) {
        throw new UsageError(
            usage,
            `no such domain: ${pythonRepr(missing[0])}`,
        );
    }
    return found;
}

/** The first that a pattern matches. */
export async function resolveOne(
    context: ToolContext,
    usage: Usage,
    word: string,
): Promise<ListedQube> {
    const [qube] = await resolveDomains(context, usage, [word]);
    if (qube === undefined) {
        throw new PythonError('IndexError', 'list index out of range');
    }
    return qube;
}

/** `VMNAME...`, or `--all` (dom0 is not among them) with `--exclude`. */
export async function resolveGroup(
    context: ToolContext,
    usage: Usage,
    args: Arguments,
): Promise<ListedQube[]> {
    checkGroup(usage, args);
    if (args.has('--all')) {
        return allBut(context, args);
    }
    return resolveDomains(context, usage, args.positionals);
}

/** Whether the words fit together, before qubesd is asked. */
export function checkGroup(
    usage: Usage,
    args: Arguments,
    required = true,
): void {
    const { positionals, unrecognized } = args;
    if (args.has('--all') && positionals.length > 0) {
        throw new UsageError(
            usage,
            'argument VMNAME: not allowed with argument --all',
        );
    }
    if (required && !args.has('--all') && positionals.length === 0) {
        throw new UsageError(
            usage,
            'one of the arguments --all VMNAME is required',
        );
    }
    refuseUnrecognized(usage, unrecognized);
    if (args.has('--exclude') && !args.has('--all')) {
        throw new UsageError(usage, '--exclude can only be used with --all');
    }
}

export async function allBut(
    { api }: ToolContext,
    args: Arguments,
): Promise<ListedQube[]> {
    const excluded = args.values('--exclude');
    const qubes = await api.list();
    return qubes.filter(
        ({ name, klass }) => klass !== 'AdminVM' && !excluded.includes(name),
    );
}

export function matchDomains(
    qubes: readonly ListedQube[],
    words: readonly string[],
): { found: ListedQube[]; missing: string[] } {
    const names = new Set(words.flatMap((word) => expand(qubes, word)));
    const found = [...names].flatMap((name) =>
        qubes.filter((qube) => qube.name === name),
    );
    const known = new Set(found.map(({ name }) => name));
    return { found, missing: [...names].filter((name) => !known.has(name)) };
}

function expand(qubes: readonly ListedQube[], word: string): string[] {
    if (!/[*?[\]!]/.test(word)) {
        return [word];
    }
    const pattern = word
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replace(/\[!/g, '[^')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.');
    const matching = new RegExp(`^${pattern}$`);
    return qubes.map(({ name }) => name).filter((name) => matching.test(name));
}
