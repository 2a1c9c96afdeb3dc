import { describe, expect, test } from 'vitest';
import { parsePattern, printPattern } from '../../shared/pattern/index.ts';
import { Random } from './random.ts';
import { randomPattern } from './random-patterns.ts';

describe('takes what regcomp takes', () => {
    test.each([
        ['an empty expression', ''],
        ['empty branches and groups', '(|a)||()'],
        ['a closing parenthesis outside of groups', 'a)*'],
        ['a closing brace', 'a}'],
        ['repetitions of repetitions', 'a**+?{2}'],
        ['all forms of intervals', 'a{2}b{2,}c{2,3}d{,3}e{,}'],
        ['escaped parts of an interval', 'a{\\02\\,3}'],
        ['a bracket first in a list', '[]a][^]a]'],
        ['a hyphen first, last and as the end of a range', '[-a][a-][+--]'],
        ['a caret that is not first', '[a^]'],
        ['a backslash in a list', '[\\]'],
        ['classes', '[[:alpha:][:digit:]]'],
        ['one character as a class or symbol', '[[=a=][.-.][.].]]'],
        ['a symbol as the end of a range', '[[.a.]-[.z.]]'],
        ['a range in upper case', '[+-z]'],
        ['anchors anywhere', 'a^b$c'],
        ['the operators of GNU', "\\w\\W\\s\\S\\b\\B\\<\\>\\`\\'"],
        ['a back-reference to a group that is complete', '(a)\\1'],
        ['a back-reference after branches that have the group', '((a)|b)\\2'],
    ])('%s', (_, pattern) => {
        expect(parsePattern(pattern)).toMatchObject({ ok: true });
    });
});

describe('refuses, pointing at the character', () => {
    test.each([
        ['a repetition at the start', '*a', 0, 'nothing before "*"'],
        ['a repetition after (', '(+a)', 1, 'nothing before "+"'],
        ['a repetition after |', 'a|?b', 2, 'nothing before "?"'],
        ['an interval at the start', '{2}', 0, 'nothing before "{"'],
        ['a repeated anchor', '^*a', 1, 'nothing before "*"'],
        ['an interval without a number', 'a{}', 1, 'needs a number'],
        ['an interval that does not end', 'a{2', 3, 'an interval is'],
        ['an interval with letters', 'a{x}', 2, 'an interval is'],
        ['an interval that falls', 'a{3,2}', 1, 'not be the greater'],
        ['an interval over the limit', 'a{32768}', 1, 'up to 32767'],
        ['a group that does not end', 'a(b', 1, 'no ")"'],
        ['a list that does not end', 'a[bc', 1, 'no "]"'],
        ['a list that has only a bracket', '[]', 0, 'no "]"'],
        ['a range that falls', '[z-a]', 1, 'ends before it starts'],
        ['a range that falls in upper case', '[Z-a]', 0 + 1, 'upper case'],
        ['a range after a range', '[a-c-e]', 4, 'comes first or last'],
        ['a range that ends in a class', '[a-[:digit:]]', 3, 'with a class'],
        [
            'a range that starts in a class',
            '[[:digit:]-z]',
            10,
            'first or last',
        ],
        ['a class that there is not', '[[:word:]]', 1, 'no such class'],
        ['a class in capitals', '[[:ALPHA:]]', 1, 'no such class'],
        ['a class that does not end', '[[:alpha]', 1, 'no ":]"'],
        ['a collating symbol of a word', '[[.space.]]', 1, 'one character'],
        ['an empty collating symbol', '[[..]]', 1, 'one character'],
        ['a backslash at the end', 'a\\', 1, 'at the end'],
        ['a back-reference to no group', '\\1', 0, 'does not end before'],
        ['a back-reference in its group', '(a\\1)', 2, 'does not end before'],
        ['a back-reference across branches', '(a)|\\1', 4, 'does not end'],
        ['a blank', 'a b', 1, 'a blank'],
        ['a line end', 'a\nb', 1, 'control'],
        ['a NUL', 'a\0', 1, 'control'],
        ['what is not ASCII', 'münchen', 1, 'punycode'],
    ])('%s', (_, pattern, at, words) => {
        expect(parsePattern(pattern)).toEqual({
            ok: false,
            error: { message: expect.stringContaining(words), at },
        });
    });
});

describe('bounds what an expression costs', () => {
    test.each([
        ['length', 'a'.repeat(501), `${'a'.repeat(501)}b`, 501],
        [
            'groups in groups',
            `${'('.repeat(32)}${')'.repeat(32)}`,
            `${'('.repeat(33)}${')'.repeat(33)}`,
            32,
        ],
        ['one interval', 'a{1000}', 'a{1001}', 1],
        ['intervals of intervals', '(a{20}){50}', '(a{20}){51}', 7],
        ['intervals of nothing', '(){1000}', '((){1000}){2}', 10],
        ['an open interval', '(ab){499,}', '(ab){500,}', 4],
    ])('%s', (_, taken, refused, at) => {
        expect(parsePattern(taken)).toMatchObject({ ok: true });
        expect(parsePattern(refused)).toMatchObject({
            ok: false,
            error: { at },
        });
    });

    test('the interval that would take 157 MB is refused', () => {
        expect(parsePattern('(a{1,255}){1,255}')).toMatchObject({
            error: { message: expect.stringContaining('65025') },
        });
    });
});

/** The tree without the offsets, which printing may move. */
function shapeOf(tree: unknown): unknown {
    return JSON.parse(
        JSON.stringify(tree, (key, value) =>
            key === 'at' ? undefined : value,
        ),
    );
}

test('a printed tree is parsed to the same tree', () => {
    const random = new Random(99);
    let compared = 0;
    for (const pattern of random.several(20_000, 20_000, () =>
        randomPattern(random),
    )) {
        const tree = parsePattern(pattern);
        if (!tree.ok) {
            continue;
        }
        const printed = parsePattern(printPattern(tree.value));
        // A long expression can be longer when it is printed.
        if (!printed.ok) {
            throw new Error(`${pattern}: ${printed.error.message}`);
        }
        expect(shapeOf(printed.value)).toEqual(shapeOf(tree.value));
        compared += 1;
    }
    expect(compared).toBeGreaterThan(10_000);
});

test.each([
    ['(^|\\.)github\\.com$'],
    ["\\`([a-z0-9._-]*\\.)?a{2,3}\\'"],
    ['(a|b)*c+d?e{2,}[^a-f[:digit:]-]'],
    ['\\w\\W\\s\\S\\b\\B\\<\\>(x)\\1\\d\\\\'],
])('prints %s as it was', (pattern) => {
    const tree = parsePattern(pattern);
    expect(tree.ok && printPattern(tree.value)).toBe(pattern);
});
