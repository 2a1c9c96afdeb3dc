// What may stand at a place of the command line, by the tables of commands and
// options.
import { arrange, ofOneQube } from '../arrange.ts';
import { commandName } from '../command-name.ts';
import { globalOptions, optionTable } from '../option-table.ts';

/** As far as it is known of a command here. */
export interface KnownCommand {
    readonly usage: string;
    readonly options: readonly (keyof typeof optionTable)[];
}

export type Wanted =
    | { readonly kind: 'words'; readonly words: readonly string[] }
    | { readonly kind: 'qubes' }
    | { readonly kind: 'words-or-qubes'; readonly words: readonly string[] }
    | { readonly kind: 'rules'; readonly untrusted_qube: string }
    | { readonly kind: 'refused'; readonly untrusted_qube: string }
    /** Those of whom rules are set aside. */
    | { readonly kind: 'removed' }
    | { readonly kind: 'files' };

const nothing: Wanted = { kind: 'words', words: [] };

/** What arguments and values of options are called that are qubes. */
const qubeNames = new Set([
    'QUBE',
    'PROXYVM',
    'PROXYVM|QUBE',
    'NETVM',
    'TEMPLATE',
    'OLD',
    'NEW',
]);

/** Arguments that are hosts which the qube may have been refused. */
const ofHosts = new Set(['allow', 'check']);

/** What may stand behind those words, in a word that begins so. */
export function whatIsWanted(
    commands: readonly KnownCommand[],
    before: readonly string[],
    typed: string,
): Wanted {
    const { positional, flag, isOver } = sortWords(before);
    const found = commandOf(commands, positional);
    if (flag !== null) {
        return wantedValue(flag);
    }
    if (!isOver && typed.startsWith('-')) {
        return { kind: 'words', words: flagsFor(found?.command, before) };
    }
    return found === null
        ? wantedCommand(commands, positional, isOver, typed)
        : wantedArgument(found.command, found.args, commands);
}

function wantedValue(flag: string): Wanted {
    const isQube = qubeNames.has(valueNames.get(flag) ?? '');
    return flag === '--from'
        ? { kind: 'removed' }
        : isQube
          ? { kind: 'qubes' }
          : nothing;
}

/** The name of the value that each flag takes, if it takes one. */
const valueNames: ReadonlyMap<string, string> = new Map(
    Object.values(optionTable).flatMap(([flag]) => {
        const [name = '', value] = flag.split(' ');
        return value === undefined ? [] : [[name, value.slice(1, -1)]];
    }),
);

interface SortedWords {
    /** With a `--` that stands before the first one. */
    readonly positional: readonly string[];
    /** The option that is still to be given its value; null: none. */
    readonly flag: string | null;
    /** No options follow. */
    readonly isOver: boolean;
}

function sortWords(words: readonly string[]): SortedWords {
    const positional: string[] = [];
    let flag: string | null = null;
    let isOver = false;
    for (const word of words) {
        if (flag !== null) {
            flag = null;
        } else if (isOver || !word.startsWith('-')) {
            positional.push(word);
        } else if (word === '--') {
            isOver = true;
            positional.push(...(positional.length === 0 ? [word] : []));
        } else {
            flag = valueNames.has(word) ? word : null;
        }
    }
    return { positional, flag, isOver };
}

function commandOf(
    commands: readonly KnownCommand[],
    positional: readonly string[],
): { command: KnownCommand; args: readonly string[] } | null {
    const names = new Set([...commands.map(commandName), helpCommand.usage]);
    if (positional[0] === '--' && positional.length === 2) {
        return null;
    }
    const arranged = arrange(positional, names);
    if (arranged.kind !== 'command') {
        return null;
    }
    const [name, ...args] = arranged.args;
    const all = [...commands, helpCommand];
    const command = all.find((each) => commandName(each) === name);
    return command === undefined ? null : { command, args };
}

/** commander's own. */
const helpCommand: KnownCommand = { usage: 'help', options: [] };

/** The first two words: a command, or a qube and then a command. */
function wantedCommand(
    commands: readonly KnownCommand[],
    positional: readonly string[],
    isOver: boolean,
    typed: string,
): Wanted {
    switch (positional.filter((word) => word !== '--').length) {
        case 0: {
            const words = [...commands.map(commandName), 'help'];
            if (isOver) {
                return { kind: 'qubes' };
            }
            // Of qubes there may be many more.
            return { kind: typed === '' ? 'words' : 'words-or-qubes', words };
        }
        case 1:
            return { kind: 'words', words: [...ofOneQube] };
        default:
            return nothing;
    }
}

function wantedArgument(
    command: KnownCommand,
    args: readonly string[],
    commands: readonly KnownCommand[],
): Wanted {
    const name = commandName(command);
    if (name === helpCommand.usage) {
        return { kind: 'words', words: commands.map(commandName) };
    }
    const known = command.usage.split(' ').slice(1);
    const last = known.at(-1) ?? '';
    const usage =
        known[args.length] ?? (last.includes('...') ? last : undefined);
    const [untrusted_qube = ''] = args;
    const argument = usage?.replaceAll(/[<>[\].]/g, '') ?? '';
    if (qubeNames.has(argument)) {
        return { kind: 'qubes' };
    }
    switch (argument) {
        case 'PATTERN|NUMBER':
            return { kind: 'rules', untrusted_qube };
        case 'PATTERN':
        case 'HOST|URL':
            return ofHosts.has(name)
                ? { kind: 'refused', untrusted_qube }
                : nothing;
        case 'PATH':
        case 'ARCHIVE':
            return { kind: 'files' };
        case 'allow|deny':
            return { kind: 'words', words: ['allow', 'deny'] };
        default:
            return nothing;
    }
}

/** Those that are not there already. */
function flagsFor(
    command: KnownCommand | undefined,
    before: readonly string[],
): string[] {
    const own = (command?.options ?? []).map((option) => optionTable[option]);
    const ofAll = Object.values(globalOptions);
    return [...own, ...ofAll]
        .flatMap(([flags]) => flags.split(', '))
        .map((flag) => flag.replace(/ .*/, ''))
        .filter((flag) => flag.startsWith('--'))
        .filter((flag) => valueNames.has(flag) || !before.includes(flag));
}
