// qubesadmin/tools/qvm_check.py: the answer is the exit code, the words go to
// stderr.

import type { ListedQube } from './api.ts';
import { allBut, checkGroup, matchDomains } from './domains.ts';
import { readArguments } from './read-arguments.ts';
import type { Tool, ToolContext } from './tool.ts';
import { usages } from './usages.ts';

type Check = (context: ToolContext, qube: ListedQube) => Promise<boolean>;

const checks: readonly (readonly [string, Check])[] = [
    ['running', async (_, { state }) => state !== 'Halted'],
    ['paused', async (_, { state }) => state === 'Paused'],
    ['template', async (_, { klass }) => klass === 'TemplateVM'],
    ['networked', isNetworked],
];

export const qvmCheck: Tool = async (context) => {
    const args = readArguments(context, usages.check);
    checkGroup(usages.check, args);
    const { found, missing } = args.has('--all')
        ? { found: await allBut(context, args), missing: [] }
        : matchDomains(await context.api.list(), args.positionals);
    const asked = checks.filter(([name]) => args.has(`--${name}`));
    const passing = [];
    for (const qube of found) {
        if (await passesAll(context, qube, asked)) {
            passing.push(qube.name);
        }
    }
    if (!args.has('--quiet')) {
        const words = asked.map(([name]) => name).join(', ');
        report(context, passing, words || 'exists', asked.length > 0);
    }
    const prefix = args.has('--quiet') ? '' : 'qvm-check: ';
    for (const name of missing) {
        context.stderr(`${prefix}${name}: non-existent!\n`);
    }
    if (missing.length > 0 || passing.length === 0) {
        return 1;
    }
    return passing.length < found.length ? 3 : 0;
};

function report(
    { stderr }: ToolContext,
    names: readonly string[],
    words: string,
    sayNone: boolean,
): void {
    if (names.length === 0 && sayNone) {
        stderr(`qvm-check: None of qubes: ${words}\n`);
    }
    for (const name of [...names].sort()) {
        stderr(`qvm-check: ${name}: ${words}\n`);
    }
}

async function passesAll(
    context: ToolContext,
    qube: ListedQube,
    asked: typeof checks,
): Promise<boolean> {
    for (const [, check] of asked) {
        if (!(await check(context, qube))) {
            return false;
        }
    }
    return true;
}

async function isNetworked(
    { api }: ToolContext,
    { name }: ListedQube,
): Promise<boolean> {
    const properties = await api.properties('admin.vm.property', name);
    return (
        properties.get('provides_network')?.text === 'True' ||
        Boolean(properties.get('netvm')?.text)
    );
}
