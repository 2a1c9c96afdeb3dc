// What shells ask when Tab is pressed; see dom0/completion/ for the questions.
import type { Deps } from '../../deps.ts';
import { knownWords } from './known-words.ts';
import { inShell, parseShellLine } from './shell-line.ts';
import { type KnownCommand, whatIsWanted } from './what-is-wanted.ts';

/** Not a command: no qube is called like this. */
export const completionFlag = '--complete-words';

/** Where shells are to offer the names of files. */
const files = ['files'];

/**
 * `bash LINE`, up to the cursor, or `zsh WORD...`, those behind the program up
 * to that one. Prints `words` and a line for each, or `files`. Of what
 * goes wrong nothing is said: Tab then completes nothing, and the command itself
 * will say it.
 */
export async function complete(
    commands: readonly KnownCommand[],
    [shell, ...words]: readonly string[],
    deps: Deps,
    out: (text: string) => void,
): Promise<number> {
    const wordsIn = shell === 'zsh' ? wordsForZsh : wordsForBash;
    try {
        const lines = await wordsIn(commands, words, deps);
        out(lines.map((line) => `${line}\n`).join(''));
        return 0;
    } catch {
        return 1;
    }
}

async function wordsForBash(
    commands: readonly KnownCommand[],
    [text = '']: readonly string[],
    deps: Deps,
): Promise<string[]> {
    const line = parseShellLine(text);
    if (line === null || line === 'file') {
        return line === null ? ['words'] : files;
    }
    const { before, typed } = line;
    const found = await answer(commands, before.slice(1), typed, deps);
    const fitting = found?.filter((word) => word.startsWith(typed));
    return fitting === undefined
        ? files
        : ['words', ...fitting.map((word) => inShell(word, line))];
}

/** zsh itself finds those that fit, and quotes them. */
async function wordsForZsh(
    commands: readonly KnownCommand[],
    words: readonly string[],
    deps: Deps,
): Promise<string[]> {
    const typed = words.at(-1) ?? '';
    const found = await answer(commands, words.slice(0, -1), typed, deps);
    return found === null ? files : ['words', ...found];
}

/** Null: files. */
async function answer(
    commands: readonly KnownCommand[],
    before: readonly string[],
    typed: string,
    deps: Deps,
): Promise<readonly string[] | null> {
    const wanted = whatIsWanted(commands, before, typed);
    return wanted.kind === 'files' ? null : knownWords(deps, wanted, typed);
}
