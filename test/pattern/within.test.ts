// Whether one filter is within another, told by their packed lines.
import { describe, expect, test } from 'vitest';
import { lineOfDomain } from '../../shared/pattern/domain-pattern.ts';
import {
    accepts,
    areLinesWithin,
    compileLines,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import { hostWalker } from './host-walker.ts';
import { Random } from './random.ts';
import { randomDomain } from './random-domains.ts';
import { randomFiles, randomLines } from './random-lines.ts';

describe('what is added to', () => {
    test('is within what comes out', () => {
        const more = randomFiles(10, 300);
        let packed = 0;
        for (const [nth, lines] of randomFiles(9, 300).entries()) {
            const inner = compileLines(lines);
            const outer = compileLines([...lines, ...(more[nth] ?? [])]);
            expect(areLinesWithin(inner, outer)).toBe(true);
            packed += inner.filter((line) => !outer.includes(line)).length;
        }
        expect(packed).toBeGreaterThan(300);
    });

    test('is within what was packed apart from it', () => {
        const others = randomFiles(18, 150);
        for (const [nth, lines] of randomFiles(17, 150).entries()) {
            const more = others[nth] ?? [];
            const inner = [...compileLines(lines), ...compileLines(more)];
            const outer = compileLines([...lines, ...more]);
            expect(areLinesWithin(inner, outer)).toBe(true);
            expect(areLinesWithin(outer, inner)).toBe(true);
        }
    });

    test('is not within what is there already', () => {
        const random = new Random(11);
        for (const lines of randomFiles(12, 200)) {
            const inner = compileLines(lines);
            const domain = `new.${randomDomain(random)}.test`;
            const line = lineOfDomain({ kind: 'exact', domain });
            const outer = compileLines([...lines, line]);
            expect(areLinesWithin(outer, inner)).toBe(false);
        }
    });

    test('lets each host through that it let through before', () => {
        const random = new Random(13);
        let [within, passed] = [0, 0];
        for (const lines of randomFiles(14, 1_200)) {
            const some = lines.filter(() => random.below(8) > 0);
            const other = [...some, ...randomLines(random, 2)];
            const [inner, outer] = [compileLines(other), compileLines(lines)];
            if (!areLinesWithin(inner, outer)) {
                continue;
            }
            within += 1;
            const automata = outer.map(lineAutomaton);
            for (const line of inner) {
                const automaton = lineAutomaton(line);
                const walk = hostWalker(line);
                const host = walk(random) ?? '';
                if (accepts(automaton, host)) {
                    const isLetThrough = automata.some((each) =>
                        accepts(each, host),
                    );
                    expect([host, isLetThrough]).toEqual([host, true]);
                    passed += 1;
                }
            }
        }
        expect(within).toBeGreaterThan(100);
        expect(passed).toBeGreaterThan(300);
    });

    test('changes few lines', () => {
        const random = new Random(15);
        const lines = Array.from({ length: 20_000 }, () =>
            lineOfDomain({ kind: 'both', domain: longDomain(random) }),
        );
        const before = new Set(compileLines(lines));
        expect(before.size).toBeGreaterThan(300);
        const changed = Array.from({ length: 10 }, () => {
            const domain = longDomain(random);
            const line = lineOfDomain({ kind: 'both', domain });
            const after = compileLines([...lines, line]);
            return after.filter((each) => !before.has(each)).length;
        }).sort((one, other) => one - other);
        expect(changed[5]).toBeLessThanOrEqual(3);
        expect(changed[9]).toBeLessThanOrEqual(40);
    });
});

function longDomain(random: Random): string {
    const name = random.several(5, 14, () => random.oneOf('aeioubdfgklmnrst'));
    return `${name.join('')}.${random.oneOf(['com', 'net', 'org', 'de'])}`;
}
