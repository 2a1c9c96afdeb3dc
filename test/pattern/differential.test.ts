// The parser, the automaton and the confined form against the C library that
// tinyproxy is linked with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAddressSpelling } from '../../shared/pattern/addresses.ts';
import { everyNameLine } from '../../shared/pattern/confine.ts';
import {
    accepts,
    confine,
    lineAutomaton,
    parseConfinedLine,
    parsePattern,
    patternAutomaton,
} from '../../shared/pattern/index.ts';
import { hostWalker } from './host-walker.ts';
import { Random } from './random.ts';
import {
    randomHost,
    randomOddSubject,
    randomPattern,
} from './random-patterns.ts';
import { buildRegexOracle, type RegexOracle } from './regex-oracle.ts';

const patternCount = 24_000;
const subjectsPerPattern = 12;

let oracle: RegexOracle;

beforeAll(async () => {
    oracle = await buildRegexOracle();
});

afterAll(() => oracle?.remove());

interface Case {
    readonly pattern: string;
    readonly hosts: readonly string[];
    readonly oddSubjects: readonly string[];
}

function randomCase(random: Random): Case {
    const pattern = randomPattern(random);
    const walk = hostWalker(pattern);
    const hosts = random.several(subjectsPerPattern, subjectsPerPattern, () =>
        random.below(2) === 0
            ? randomHost(random, pattern)
            : (walk(random) ?? randomHost(random, pattern)),
    );
    const oddSubjects = hosts.map((host) => randomOddSubject(random, host));
    return { pattern, hosts, oddSubjects };
}

function randomCases(seed: number): Case[] {
    const random = new Random(seed);
    return Array.from({ length: patternCount }, () => randomCase(random));
}

/** The bounds that are ours, not regcomp's. */
const ownBounds = /written out|groups in groups|longer than/;

describe('differences to the C library', () => {
    const cases = randomCases(20_241);
    let originals: (boolean[] | null)[];

    beforeAll(async () => {
        originals = await oracle.match(
            cases.map(({ pattern, hosts, oddSubjects }) => ({
                pattern,
                subjects: [...hosts, ...oddSubjects],
            })),
        );
    }, 30_000);

    test('the parser takes exactly what regcomp takes', () => {
        let taken = 0;
        const differences = cases.flatMap(({ pattern }, index) => {
            const parsed = parsePattern(pattern);
            if (!parsed.ok && ownBounds.test(parsed.error.message)) {
                return [];
            }
            const expected = originals[index] !== null;
            taken += expected ? 1 : 0;
            return parsed.ok === expected ? [] : [{ pattern, expected }];
        });
        console.info(`parser: ${taken} of ${cases.length} taken by regcomp`);
        expect(differences).toEqual([]);
        expect(taken).toBeGreaterThan(cases.length / 2);
        expect(cases.length - taken).toBeGreaterThan(cases.length / 20);
    });

    test('the automaton decides as regexec does', () => {
        let pairs = 0;
        let matches = 0;
        const differences: unknown[] = [];
        for (const [index, { pattern, hosts }] of cases.entries()) {
            const parsed = parsePattern(pattern);
            const automaton = parsed.ok
                ? patternAutomaton(parsed.value)
                : parsed;
            if (!automaton.ok) {
                continue;
            }
            for (const [at, host] of hosts.entries()) {
                const expected = originals[index]?.[at];
                pairs += 1;
                matches += expected ? 1 : 0;
                if (accepts(automaton.value, host) !== expected) {
                    differences.push({ pattern, host, expected });
                }
            }
        }
        console.info(`automaton: ${pairs} pairs, ${matches} matches`);
        expect(differences).toEqual([]);
        expect(pairs).toBeGreaterThan(50_000);
        expect(matches).toBeGreaterThan(pairs / 10);
        expect(pairs - matches).toBeGreaterThan(pairs / 10);
    });

    test('a confined line passes the same hosts and nothing else', async () => {
        const confined = cases.flatMap((one, index) => {
            const parsed = parsePattern(one.pattern);
            const line = parsed.ok ? confine(parsed.value) : parsed;
            return line.ok ? [{ ...one, index, line: line.value }] : [];
        });
        const verdicts = await oracle.match(
            confined.map(({ line, hosts, oddSubjects }) => ({
                pattern: line,
                subjects: [...hosts, ...oddSubjects],
            })),
        );
        let pairs = 0;
        const differences: unknown[] = [];
        for (const [nth, one] of confined.entries()) {
            const { pattern, line, hosts, oddSubjects, index } = one;
            const automaton = lineAutomaton(line);
            if (!parseConfinedLine(line).ok) {
                differences.push({ pattern, line, refused: true });
            }
            for (const [at, subject] of [...hosts, ...oddSubjects].entries()) {
                const original = originals[index]?.[at] ?? false;
                const expected =
                    subject !== '' &&
                    at < hosts.length &&
                    original &&
                    !(line === everyNameLine && isAddressSpelling(subject));
                pairs += 1;
                const verdict = verdicts[nth]?.[at] ?? false;
                const isRight = hasEmptyLabel.test(subject)
                    ? expected || !verdict
                    : verdict === expected;
                if (!isRight || accepts(automaton, subject) !== verdict) {
                    differences.push({ pattern, line, subject, expected });
                }
            }
        }
        console.info(`confined: ${confined.length} lines, ${pairs} pairs`);
        expect(differences).toEqual([]);
        expect(pairs).toBeGreaterThan(100_000);
    });
});

/** A name that no resolver knows: the confined line may refuse it. */
const hasEmptyLabel = /^\.|\.\./;

test('every IPv4 address of inet_aton is an address spelling', async () => {
    const random = new Random(7);
    const subjects = random.several(40_000, 40_000, () =>
        random.several(1, 9, () => random.oneOf('00112789afx...')).join(''),
    );
    const verdicts = await oracle.addresses(subjects);
    const missed = subjects.filter(
        (subject, index) => verdicts[index] && !isAddressSpelling(subject),
    );
    expect(missed).toEqual([]);
    expect(verdicts.filter(Boolean).length).toBeGreaterThan(5_000);
});
