// A command line in bash up to the cursor, read as bash and readline do.

/** What the cursor stands in. */
export type Quotes = 'none' | 'single' | 'double';

export interface ShellLine {
    /** Those before the one with the cursor, the program first. */
    readonly before: readonly string[];
    /** The word with the cursor, up to that. */
    readonly typed: string;
    /** How much of `typed` readline leaves alone when it completes. */
    readonly kept: string;
    readonly quotes: Quotes;
}

/** Where readline begins another word, as COMP_WORDBREAKS has it. */
const breaks = new Set('@=:');

/** What is no plain word, but says that one is a file. */
const redirections = new Set('<>');

/** What makes more of a line than words. */
const others = new Set('|&;()`$');

interface Reading {
    readonly before: string[];
    /** The word that is being read; null between two. */
    typed: string | null;
    keptLength: number;
    /** Quotes were closed in it: readline's word begins elsewhere then. */
    hasClosed: boolean;
    quotes: Quotes;
}

/** `'taken'` with the character behind it, or why it cannot be read on. */
type Step = 'taken' | 'both-taken' | 'file' | 'unknown';

/**
 * Null where nothing can be said: after an expansion, an operator or a closed
 * quote in that word; `'file'` where bash wants the name of a file.
 */
export function parseShellLine(line: string): ShellLine | 'file' | null {
    const reading: Reading = { ...noWord, before: [], quotes: 'none' };
    const characters = [...line];
    for (let at = 0; at < characters.length; at += 1) {
        const [character = '', next] = characters.slice(at, at + 2);
        const step = take(reading, character, next);
        if (step === 'file' || step === 'unknown') {
            return step === 'file' ? 'file' : null;
        }
        at += step === 'both-taken' ? 1 : 0;
    }
    const { before, keptLength, hasClosed, quotes } = reading;
    const typed = reading.typed ?? '';
    const kept = typed.slice(0, keptLength);
    return hasClosed ? null : { before, typed, kept, quotes };
}

const noWord = { typed: null, keptLength: 0, hasClosed: false };

function take(
    reading: Reading,
    character: string,
    next: string | undefined,
): Step {
    const { quotes, typed } = reading;
    if (quotes === 'none' && /\s/.test(character)) {
        reading.before.push(...(typed === null ? [] : [typed]));
        Object.assign(reading, noWord);
        return 'taken';
    }
    const text = typed ?? '';
    reading.typed = text;
    if (character === '\\' && isEscape(quotes, next)) {
        reading.typed += next ?? '';
        return 'both-taken';
    }
    if (quotes === 'none' && isQuote(character)) {
        reading.quotes = character === "'" ? 'single' : 'double';
        reading.keptLength = text.length;
        return 'taken';
    }
    if (character === quoteOf[quotes]) {
        reading.quotes = 'none';
        reading.hasClosed = true;
        return 'taken';
    }
    return takePlain(reading, character);
}

function takePlain(reading: Reading, character: string): Step {
    const { quotes, typed } = reading;
    if (quotes === 'none' && redirections.has(character)) {
        return 'file';
    }
    if (isSpecial(quotes, character)) {
        return 'unknown';
    }
    const text = `${typed}${character}`;
    reading.typed = text;
    if (quotes === 'none' && breaks.has(character)) {
        reading.keptLength = text.length;
    }
    return 'taken';
}

const quoteOf = { none: null, single: "'", double: '"' } as const;

function isQuote(character: string): boolean {
    return character === "'" || character === '"';
}

/** At the end of the line it is one, too, of what is typed next. */
function isEscape(quotes: Quotes, next: string | undefined): boolean {
    switch (quotes) {
        case 'none':
            return true;
        case 'single':
            return false;
        case 'double':
            return next === undefined || '$`"\\'.includes(next);
    }
}

function isSpecial(quotes: Quotes, character: string): boolean {
    return quotes === 'double'
        ? character === '$' || character === '`'
        : quotes === 'none' && others.has(character);
}

const plain = /^[A-Za-z0-9._/+-][A-Za-z0-9._/+~-]*$/;

/**
 * What readline is to put in place of what was typed behind `kept`, so that
 * the shell makes `word` of it, and expands nothing. It closes a quote that is
 * open by itself.
 */
export function inShell(word: string, { kept, quotes }: ShellLine): string {
    const rest = word.slice(kept.length);
    const inSingle = rest.replaceAll("'", "'\\''");
    switch (quotes) {
        case 'single':
            return inSingle;
        case 'double':
            // An escaped "!" would keep its backslash.
            return rest.replaceAll(/[\\$`"]/g, '\\$&').replaceAll('!', `"'!'"`);
        case 'none':
            return plain.test(rest) ? rest : `'${inSingle}'`;
    }
}
