// Packed lines against the single ones that they were made of: never at the
// price of a difference in what matches.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confinedExpression } from '../../shared/pattern/confined-line.ts';
import { lineOfDomain } from '../../shared/pattern/domain-pattern.ts';
import {
    accepts,
    type ConfinedLine,
    compileLines,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import { maxPacked } from '../../shared/pattern/pack.ts';
import { unpackLine } from '../../shared/pattern/unpack.ts';
import { confinedLine } from './confined-line.ts';
import { Random } from './random.ts';
import { general, hostsNear, randomFiles } from './random-lines.ts';
import { buildRegexOracle, type RegexOracle } from './regex-oracle.ts';

describe('packed lines match exactly when one of the single lines does', () => {
    let oracle: RegexOracle;

    beforeAll(async () => {
        oracle = await buildRegexOracle();
    });

    afterAll(() => oracle?.remove());

    test('as the C library says', async () => {
        const random = new Random(1);
        const files = randomFiles(2, 250).map((lines) => ({
            lines,
            packed: compileLines(lines),
            hosts: hostsNear(random, lines),
        }));
        const ask = (lines: readonly string[], subjects: readonly string[]) =>
            lines.map((pattern) => ({ pattern, subjects }));
        const answers = await oracle.match(
            files.flatMap(({ lines, packed, hosts }) => [
                ...ask(lines, hosts),
                ...ask(packed, hosts),
            ]),
        );
        let [at, passed, saved] = [0, 0, 0];
        for (const { lines, packed, hosts } of files) {
            const single = answers.slice(at, at + lines.length);
            at += lines.length;
            const together = answers.slice(at, at + packed.length);
            at += packed.length;
            expect([...single, ...together]).not.toContain(null);
            const verdicts = (all: typeof answers) =>
                hosts.map((host, nth) => [host, all.some((one) => one?.[nth])]);
            expect(verdicts(together)).toEqual(verdicts(single));
            passed += verdicts(single).filter(([, isMatch]) => isMatch).length;
            saved += lines.length - packed.length;
        }
        console.info(`${passed} hosts passed, ${saved} lines less`);
        expect(passed).toBeGreaterThan(1_000);
        expect(saved).toBeGreaterThan(5_000);
    });

    test('as the automaton says', () => {
        const random = new Random(3);
        for (const lines of randomFiles(4, 60)) {
            const packed = compileLines(lines).map(lineAutomaton);
            const single = lines.map(lineAutomaton);
            for (const host of hostsNear(random, lines)) {
                const isMatch = packed.some((each) => accepts(each, host));
                expect([host, isMatch]).toEqual([
                    host,
                    single.some((each) => accepts(each, host)),
                ]);
            }
        }
    });
});

test('every packed line is one that the agent takes', () => {
    for (const line of randomFiles(5, 200).flatMap(compileLines)) {
        expect(line.length).toBeLessThanOrEqual(511);
        expect([line, confinedExpression(line).ok]).toEqual([line, true]);
    }
});

test('domains are packed whatever their order, and each once', () => {
    for (const lines of randomFiles(6, 100)) {
        const packed = compileLines(lines);
        const turned = [...lines, ...lines].reverse();
        expect(compileLines(turned)).toEqual(packed);
        expect(compileLines(packed.flatMap(single))).toEqual(packed);
    }
});

function single(line: ConfinedLine): ConfinedLine[] {
    const domains = general.includes(line) ? null : unpackLine(line);
    return domains?.map(lineOfDomain) ?? [line];
}

test.each([
    ['a host below a domain', ['^a\\.b\\.com$', '(^|\\.)b\\.com$'], 1],
    ['subdomains of subdomains', ['\\.a\\.b\\.com$', '\\.b\\.com$'], 1],
    ['the domain itself is not', ['^b\\.com$', '\\.a\\.b\\.com$'], 2],
    ['a domain and its subdomains', ['^b\\.com$', '\\.b\\.com$'], 1],
    ['the same twice', ['^b\\.com$', '^B\\.com$'], 1],
    ['what only ends alike', ['^ab\\.com$', '(^|\\.)b\\.com$'], 2],
    ['an address', ['^10\\.0\\.0\\.1$', '^10\\.0\\.0\\.2$'], 2],
    ['other expressions', ['^a[bc]\\.com$', '^a[bc]\\.com$', 'com$'], 2],
])('covered: %s', (_, expressions, count) => {
    expect(compileLines(expressions.map(confinedLine))).toHaveLength(count);
});

test('what numbered and long names are made of still fits', () => {
    const numbered = Array.from({ length: 20_000 }, (_, n) => `h${n}.x.org`);
    const nested = Array.from({ length: 200 }, (_, n) => 'a'.repeat(n + 1));
    const long = Array.from(
        { length: 50 },
        (_, n) => `${'x'.repeat(300)}${n}.${'y.'.repeat(40)}org`,
    );
    for (const domains of [numbered, nested, long]) {
        const lines = domains.map((domain) =>
            lineOfDomain({ kind: 'both', domain }),
        );
        const packed = compileLines(lines);
        for (const line of packed) {
            expect([line, confinedExpression(line).ok]).toEqual([line, true]);
            expect(unpackLine(line)?.length).toBeLessThanOrEqual(maxPacked);
        }
        const unpacked = packed.flatMap((line) => unpackLine(line) ?? []);
        expect(unpacked.map(({ domain }) => domain).sort()).toEqual(
            [...domains].sort(),
        );
    }
});
