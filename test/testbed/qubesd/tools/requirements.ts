// Which words a command line must have, and may have.

import { pythonRepr } from '../python.ts';
import { type Arguments, type Usage, UsageError } from './arguments.ts';

/** Missing words first, unknown ones after them: argparse's order. */
export function requirePositionals(
    usage: Usage,
    args: Arguments,
    names: readonly string[],
    optional = 0,
): void {
    requireWords(usage, args, names);
    const surplus = args.positionals.slice(names.length + optional);
    refuseUnrecognized(usage, [...surplus, ...args.unrecognized]);
}

export function requireWords(
    usage: Usage,
    { positionals }: Arguments,
    names: readonly string[],
): void {
    const missing = names.slice(positionals.length);
    if (missing.length > 0) {
        throw new UsageError(
            usage,
            `the following arguments are required: ${missing.join(', ')}`,
        );
    }
}

/** What a parser with sub-commands says to a word that is none. */
export function invalidCommand(
    usage: Usage,
    word: string,
    commands: Iterable<string>,
): UsageError {
    const known = [...commands].map(pythonRepr).join(', ');
    return new UsageError(
        usage,
        `argument command: invalid choice: ${pythonRepr(word)} (choose from ${known})`,
    );
}

export function refuseUnrecognized(
    usage: Usage,
    words: readonly string[],
): void {
    if (words.length > 0) {
        throw new UsageError(
            usage,
            `unrecognized arguments: ${words.join(' ')}`,
        );
    }
}
