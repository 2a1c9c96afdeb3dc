import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffLine, diffLines } from '../../dom0/core/diff.ts';

/** The text before with the lines of a diff taken out and put in. */
function patched(before: string, diff: readonly DiffLine[]): string {
    const lines = before.split(/(?<=\n)/).filter((line) => line !== '');
    const gone = new Map(
        diff
            .filter(({ sign }) => sign === '-')
            .map(({ line, text }) => [line, text]),
    );
    for (const [line, text] of gone) {
        expect(lines[line - 1]).toBe(text);
    }
    const kept = lines.filter((_, at) => !gone.has(at + 1));
    for (const { sign, line, text } of diff) {
        if (sign === '+') {
            kept.splice(line - 1, 0, text);
        }
    }
    return kept.join('');
}

/** Length of the longest common subsequence, the slow and plain way. */
function commonLength(a: readonly string[], b: readonly string[]): number {
    let row = new Array<number>(b.length + 1).fill(0);
    for (const one of a) {
        const next = [0];
        b.forEach((other, at) => {
            next.push(
                one === other
                    ? (row[at] ?? 0) + 1
                    : Math.max(row[at + 1] ?? 0, next[at] ?? 0),
            );
        });
        row = next;
    }
    return row[b.length] ?? 0;
}

const line = fc.constantFrom('a', 'b', 'c', '', '# x');
const text = fc
    .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
    .map(([lines, isOpen]) => lines.join('\n') + (isOpen ? '' : '\n'));

describe('a diff', () => {
    test('makes the text after out of the text before', () => {
        fc.assert(
            fc.property(text, text, (before, after) => {
                expect(patched(before, diffLines(before, after))).toBe(after);
            }),
            { numRuns: 20_000, seed: 1 },
        );
    });

    test('has as few lines as can be', () => {
        fc.assert(
            fc.property(
                fc.array(line, { maxLength: 20 }),
                fc.array(line, { maxLength: 20 }),
                (a, b) => {
                    const textOf = (lines: readonly string[]) =>
                        lines.map((each) => `${each}\n`).join('');
                    expect(diffLines(textOf(a), textOf(b)).length).toBe(
                        a.length + b.length - 2 * commonLength(a, b),
                    );
                },
            ),
            { numRuns: 5000, seed: 1 },
        );
    });

    test('of equal texts is empty, and of other line ends is not', () => {
        expect(diffLines('a\n', 'a\n')).toEqual([]);
        expect(diffLines('a', 'a\n')).toEqual([
            { sign: '-', line: 1, text: 'a' },
            { sign: '+', line: 1, text: 'a\n' },
        ]);
    });

    test('of 100,000 lines that are all others is made at once', () => {
        const lines = (letter: string) =>
            Array.from({ length: 100_000 }, (_, at) => `${letter}${at}\n`);
        const start = performance.now();
        const diff = diffLines(lines('a').join(''), lines('b').join(''));
        expect(diff.length).toBe(200_000);
        expect(performance.now() - start).toBeLessThan(10_000);
    });
});
