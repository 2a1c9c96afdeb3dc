// What is wrong with the words of a setting, and the numbers among them.
import { err, ok, type Result } from '../../../shared/result.ts';
import type { LineProblem } from '../file-problem.ts';
import type { Word } from '../words-of.ts';

export type Parsed<T> = Result<T, LineProblem>;

/** A problem of one word, or, with null, of all arguments. */
export function wrong(word: Word | null, message: string) {
    return err({ message, column: word?.column ?? null });
}

/** All values, or the first problem. */
export function each<T>(
    words: readonly Word[],
    parse: (word: Word) => Parsed<T>,
): Parsed<T[]> {
    const values: T[] = [];
    for (const word of words) {
        const value = parse(word);
        if (!value.ok) {
            return value;
        }
        values.push(value.value);
    }
    return ok(values);
}

/** A decimal number without a sign or leading zeros, within bounds. */
export function parseNumber(
    word: Word,
    what: string,
    [least, most]: readonly [number, number],
): Parsed<number> {
    const { untrusted_text } = word;
    const isNumber = /^(0|[1-9][0-9]{0,8})$/.test(untrusted_text);
    const value = isNumber ? Number(untrusted_text) : Number.NaN;
    return value >= least && value <= most
        ? ok(value)
        : wrong(word, `${what} is a number from ${least} to ${most}`);
}

export function parsePort(word: Word): Parsed<number> {
    return parseNumber(word, 'a port', [1, 65_535]);
}

/** A schema's parser as one of words. */
export function parseWord<T>(
    word: Word,
    parse: (untrusted_text: string) => Result<T, string>,
): Parsed<T> {
    const value = parse(word.untrusted_text);
    return value.ok ? value : wrong(word, value.error);
}
