// qubesadmin/tools/qvm_firewall.py

import { ApiError, linesOf } from './api.ts';
import { type Arguments, type Usage, UsageError } from './arguments.ts';
import { resolveOne } from './domains.ts';
import { Rule, type RuleElement, ruleElement } from './firewall-rule.ts';
import { readArguments } from './read-arguments.ts';
import {
    invalidCommand,
    refuseUnrecognized,
    requireWords,
} from './requirements.ts';
import { formatTable } from './table.ts';
import { PythonError, type Tool, type ToolContext } from './tool.ts';
import { usages } from './usages.ts';

interface Command {
    readonly usage: Usage;
    readonly words: 'none' | 'any' | 'some';
    /** The rules afterwards; null for a command that only looks. */
    readonly change:
        | ((rules: Rule[], args: Arguments, rule: Rule | null) => Rule[])
        | null;
}

const commands: ReadonlyMap<string, Command> = new Map([
    ['add', { usage: usages.firewallAdd, words: 'some', change: add }],
    ['del', { usage: usages.firewallDel, words: 'any', change: del }],
    ['list', { usage: usages.firewallOther, words: 'none', change: null }],
    [
        'reset',
        {
            usage: usages.firewallOther,
            words: 'none',
            change: () => [Rule.parse('action=accept')],
        },
    ],
]);

export const qvmFirewall: Tool = async (context) => {
    const usage = usages.firewall;
    const args = readArguments(context, usage, 2);
    const [word = '', commandWord = 'list'] = args.positionals;
    const command = commands.get(commandWord);
    if (command === undefined) {
        throw invalidCommand(usage, commandWord, commands.keys());
    }
    const inner = readArguments({ argv: args.rest }, command.usage);
    requireWords(
        command.usage,
        inner,
        command.words === 'some' ? ['match'] : [],
    );
    const words = command.words === 'none' ? [] : inner.positionals;
    const rule = parseWords(command.usage, words);
    requireWords(usage, args, ['VMNAME']);
    refuseUnrecognized(usage, [
        ...args.unrecognized,
        ...inner.positionals.slice(words.length),
        ...inner.unrecognized,
    ]);
    try {
        const { name } = await resolveOne(context, usage, word);
        await run(context, name, args, { command, inner, rule });
        return 0;
    } catch (error) {
        if (error instanceof ApiError && error.isQubesException) {
            context.stderr(`Error: ${error.message}\n`);
            return 1;
        }
        throw error;
    }
};

interface Chosen {
    readonly command: Command;
    readonly inner: Arguments;
    readonly rule: Rule | null;
}

async function run(
    { api, stdout }: ToolContext,
    name: string,
    args: Arguments,
    { command, inner, rule }: Chosen,
): Promise<void> {
    const reply = await api.call('admin.vm.firewall.Get', name);
    const rules = linesOf(reply).map((line) => Rule.parse(line));
    if (command.change !== null) {
        const payload = command
            .change(rules, inner, rule)
            .map((one) => `${one.toLine()}\n`)
            .join('');
        await api.call('admin.vm.firewall.Set', name, '', payload);
        return;
    }
    stdout(
        args.has('--raw')
            ? rules.map((one) => `${one.toLine()}\n`).join('')
            : table(rules),
    );
    if (args.has('--reload')) {
        await api.call('admin.vm.firewall.Reload', name);
    }
}

function add(rules: Rule[], args: Arguments, rule: Rule | null): Rule[] {
    const before = args.values('--before').at(-1);
    const at = before === undefined ? rules.length : Number(before);
    return rule === null ? rules : rules.toSpliced(at, 0, rule);
}

function del(rules: Rule[], args: Arguments, rule: Rule | null): Rule[] {
    const number = args.values('--rule-no').at(-1);
    if (number === undefined) {
        const at = rules.findIndex((one) => one.toLine() === rule?.toLine());
        if (at < 0) {
            throw new PythonError(
                'ValueError',
                'list.remove(x): x not in list',
            );
        }
        return rules.toSpliced(at, 1);
    }
    if (rules.at(Number(number)) === undefined) {
        throw new PythonError('IndexError', 'pop index out of range');
    }
    return rules.toSpliced(Number(number), 1);
}

const columns: readonly [string, RuleElement][] = [
    ['ACTION', 'action'],
    ['HOST', 'dsthost'],
    ['PROTOCOL', 'proto'],
    ['PORT(S)', 'dstports'],
    ['SPECIAL TARGET', 'specialtarget'],
    ['ICMP TYPE', 'icmptype'],
    ['EXPIRE', 'expire'],
    ['COMMENT', 'comment'],
];

function table(rules: readonly Rule[]): string {
    const now = Date.now();
    return formatTable([
        ['NO', ...columns.map(([head]) => head)],
        ...rules.map((rule, number) => [
            String(number),
            ...columns.map(([, element]) => rule.cell(element, now)),
        ]),
    ]);
}

/** `accept example.com tcp 443`, or `key=value`, in any mixture. */
function parseWords(usage: Usage, words: readonly string[]): Rule | null {
    if (words.length === 0) {
        return null;
    }
    const assumed = ['action', 'dsthost', 'proto', 'dstports', 'icmptype'];
    const given = new Map<RuleElement, string>();
    for (const word of words) {
        const parts = word.split('=');
        if (word.endsWith('=') || parts.length > 2) {
            throw new UsageError(usage, `invalid rule description: ${word}`);
        }
        const [value = '', key = assumed[0] ?? ''] = parts.toReversed();
        const element = ruleElement(key);
        if (element === null) {
            throw new UsageError(usage, `Invalid rule element: ${word}`);
        }
        given.set(element, absoluteExpiry(element, value));
        forget(assumed, element);
        if (element === 'proto') {
            forget(assumed, value === 'icmp' ? 'dstports' : 'icmptype');
        }
    }
    return new Rule(given);
}

function forget(assumed: string[], element: string): void {
    if (assumed.includes(element)) {
        assumed.splice(assumed.indexOf(element), 1);
    }
}

/** `expire=+60` means a minute from now. */
function absoluteExpiry(element: RuleElement, value: string): string {
    return element === 'expire' && /^\+[0-9]+$/.test(value)
        ? String(Math.floor(Date.now() / 1000) + Number(value))
        : value;
}
