// What shells ask when Tab is pressed; see dom0/completion/ for the questions.
import type { Load } from '../loaded.ts';
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
    load: Load,
    out: (text: string) => void,
): Promise<number> {
    const wordsIn = shell === 'zsh' ? wordsForZsh : wordsForBash;
    try {
        const lines = await wordsIn(commands, words, load);
        out(lines.map((line) => `${line}\n`).join(''));
        return 0;
    } catch {
        return 1;
    }
}

async function wordsForBash(
    commands: readonly KnownCommand[],
    [text = '']: readonly string[],
    load: Load,
): Promise<string[]> {
    const line = parseShellLine(text);
    if (line === null || line === 'file') {
        return line === null ? ['words'] : files;
    }
    const { before, typed } = line;
    const found = await answer(commands, before.slice(1), typed, load);
    const fitting = found?.filter((word) => word.startsWith(typed));
    return fitting === undefined
        ? files
        : ['words', ...fitting.map((word) => inShell(word, line))];
}

/** zsh itself finds those that fit, and quotes them. */
async function wordsForZsh(
    commands: readonly KnownCommand[],
    words: readonly string[],
    load: Load,
): Promise<string[]> {
    const typed = words.at(-1) ?? '';
    const found = await answer(commands, words.slice(0, -1), typed, load);
    return found === null ? files : ['words', ...found];
}

/** Null: files. The tables answer most questions: then nothing is loaded. */
async function answer(
    commands: readonly KnownCommand[],
    before: readonly string[],
    typed: string,
    load: Load,
): Promise<readonly string[] | null> {
    const wanted = whatIsWanted(commands, before, typed);
    if (wanted.kind === 'files') {
        return null;
    }
    if (wanted.kind === 'words') {
        return wanted.words;
    }
    const loaded = await load();
    return loaded.commands.knownWords(loaded.deps, wanted, typed);
}
