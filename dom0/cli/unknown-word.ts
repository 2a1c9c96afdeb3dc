// What to say of a word that is not understood.
import { parseQubeName } from '../../shared/domain/qube-name.ts';
import { toPrintable } from '../../shared/printable.ts';
import type { Inventory } from '../adapters/inventory.ts';
import { UsageError } from './usage-error.ts';

/** Changed letters up to which a word is taken for a mistyped one. */
const mostTypos = 2;

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

function notKnown(
    what: string,
    untrusted_word: string,
    commands: Iterable<string>,
): UsageError {
    const meant = [...commands].find(
        (command) => distance(command, untrusted_word) <= mostTypos,
    );
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    const word = toPrintable(untrusted_word, 40);
    return new UsageError(`no such ${what}: '${word}'${hint}`);
}

/** Letters to add, remove or change until one word is the other. */
function distance(one: string, other: string): number {
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (const letter of one) {
        const next = [(row[0] ?? 0) + 1];
        for (let at = 1; at <= other.length; at += 1) {
            const isSame = other[at - 1] === letter;
            next[at] = Math.min(
                (row[at] ?? 0) + 1,
                (next[at - 1] ?? 0) + 1,
                (row[at - 1] ?? 0) + (isSame ? 0 : 1),
            );
        }
        row = next;
    }
    return row[other.length] ?? 0;
}
