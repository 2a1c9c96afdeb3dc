import type { Cursor } from './cursor.ts';
import { fault } from './fault.ts';

/** glibc's RE_DUP_MAX. */
const maxRepeats = 32_767;

/**
 * What is between `{` at `at`, just taken, and `}`: {m}, {m,}, {m,n}, {,n}
 * or {,}. glibc reads it as tokens, so that `\,` and `\0` stand for `,` and
 * `0` in it.
 */
export function parseInterval(
    cursor: Cursor,
    at: number,
): { min: number; max: number | null } {
    const min = takeNumber(cursor);
    const hasComma = takeToken(cursor, ',');
    const max = hasComma ? takeNumber(cursor) : min;
    if (cursor.peek() !== '}') {
        fault(
            cursor.at,
            'an interval is {m}, {m,} or {m,n}; for the character write "\\{"',
        );
    }
    if (min === null && !hasComma) {
        fault(at, 'an interval needs a number; for the character write "\\{"');
    }
    cursor.take();
    return checkOrder(at, min ?? 0, max);
}

function checkOrder(at: number, min: number, max: number | null) {
    if (max !== null && min > max) {
        fault(at, 'the first number of an interval must not be the greater');
    }
    if ((max ?? min) > maxRepeats) {
        fault(at, `an interval goes up to ${maxRepeats}`);
    }
    return { min, max };
}

function takeToken(cursor: Cursor, character: string): boolean {
    return cursor.takeIf(character) || cursor.takeIf(`\\${character}`);
}

function takeNumber(cursor: Cursor): number | null {
    const [digits] = /^(?:[0-9]|\\0)*/.exec(cursor.text.slice(cursor.at)) ?? [
        '',
    ];
    cursor.at += digits.length;
    return digits === '' ? null : Number(digits.replaceAll('\\', ''));
}
