// What to say of a word that is not understood.
import { parseQubeName } from '../../shared/domain/qube-name.ts';
import { toPrintable } from '../../shared/printable.ts';
import type { Inventory } from '../adapters/inventory.ts';
import { hintAt } from './meant-word.ts';
import { UsageError } from './usage-error.ts';

/** Neither a command nor a qube. */
export function unknownWord(
    untrusted_word: string,
    commands: Iterable<string>,
): UsageError {
    return notKnown('command or qube', untrusted_word, commands);
}

/** Of two words: the one that is to be the command, if the other is a qube. */
export async function unknownCommand(
    inventory: Inventory,
    untrusted_first: string,
    untrusted_second: string,
    commands: Iterable<string>,
): Promise<UsageError> {
    const name = parseQubeName(untrusted_first);
    const isQube = name.ok && (await inventory.one(name.value)) !== null;
    return isQube
        ? notKnown(`command for ${name.value}`, untrusted_second, commands)
        : unknownWord(untrusted_first, commands);
}

/** Of the command that `help` is asked for; null: it is one, or none is. */
export function unknownToHelp(
    args: readonly string[],
    commands: readonly string[],
): UsageError | null {
    const [first, second] = args.filter((arg) => !arg.startsWith('-'));
    return first !== 'help' ||
        second === undefined ||
        [...commands, 'help'].includes(second)
        ? null
        : notKnown('command', second, commands);
}

function notKnown(
    what: string,
    untrusted_word: string,
    commands: Iterable<string>,
): UsageError {
    const word = toPrintable(untrusted_word, 40);
    const hint = hintAt(untrusted_word, commands);
    return new UsageError(`no such ${what}: '${word}'${hint}`);
}
