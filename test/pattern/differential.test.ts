// The parser, the automaton and the confined form against the C library that
// tinyproxy is linked with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAddressSpelling } from '../../shared/pattern/addresses.ts';
import { everyNameLine } from '../../shared/pattern/confine.ts';
import {
    accepts,
    confine,
    lineAutomaton,
    type PatternNode,
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
import { isFound } from './reference-matcher.ts';
import {
    buildRegexOracle,
    type RegexOracle,
    type Verdicts,
} from './regex-oracle.ts';
import { repeatsAnchor } from './repeats-anchor.ts';

const patternCount = 20_000;
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

/** A case, and which of its hosts the expression is found in. */
interface Answered extends Case {
    readonly tree: PatternNode;
    readonly found: readonly boolean[];
}

/** The bounds that are ours, not regcomp's. */
const ownBounds = /written out|groups in groups|longer than/;

/** A name that no resolver knows: the confined line may refuse it. */
const hasEmptyLabel = /^\.|\.\./;

describe('differences to the C library', () => {
    const random = new Random(20_241);
    const cases = Array.from({ length: patternCount }, () =>
        randomCase(random),
    );
    const parsed = cases.map(({ pattern }) => parsePattern(pattern));
    let verdicts: Verdicts[];
    /** Those that it understands, and we. */
    let answered: Answered[];

    beforeAll(async () => {
        verdicts = await oracle.match(
            cases.map(({ pattern, hosts }) => ({ pattern, subjects: hosts })),
        );
        answered = cases.flatMap((one, index) => {
            const [tree, found] = [parsed[index], verdicts[index]];
            return tree?.ok && Array.isArray(found)
                ? [{ ...one, tree: tree.value, found }]
                : [];
        });
    }, 300_000);

    test('the parser takes exactly what regcomp takes', () => {
        let taken = 0;
        const differences = cases.flatMap(({ pattern }, index) => {
            const ours = parsed[index];
            const isOwnBound =
                ours?.ok === false && ownBounds.test(ours.error.message);
            if (isOwnBound || verdicts[index] === 'slow') {
                return [];
            }
            const expected = verdicts[index] !== null;
            taken += expected ? 1 : 0;
            return ours?.ok === expected ? [] : [{ pattern, expected }];
        });
        const slow = verdicts.filter((one) => one === 'slow').length;
        console.info(
            `parser: ${taken} of ${cases.length} taken by regcomp, ${slow} ` +
                'too slow there to tell',
        );
        expect(differences).toEqual([]);
        expect(taken).toBeGreaterThan(cases.length / 2);
        expect(cases.length - taken).toBeGreaterThan(cases.length / 20);
        expect(slow).toBeLessThan(cases.length / 500);
    });

    test('the automaton decides as regexec does', () => {
        let [pairs, matches] = [0, 0];
        const differences: unknown[] = [];
        for (const { pattern, tree, hosts, found } of answered) {
            const automaton = patternAutomaton(tree);
            if (!automaton.ok || repeatsAnchor(tree)) {
                continue;
            }
            for (const [at, host] of hosts.entries()) {
                const expected = found[at] ?? false;
                pairs += 1;
                matches += expected ? 1 : 0;
                if (accepts(automaton.value, host) !== expected) {
                    differences.push({ pattern, host, expected });
                }
            }
        }
        console.info(`automaton: ${pairs} pairs, ${matches} matches`);
        expect(differences).toEqual([]);
        expect(pairs).toBeGreaterThan(130_000);
        expect(matches).toBeGreaterThan(pairs / 10);
        expect(pairs - matches).toBeGreaterThan(pairs / 10);
    });

    test('where glibc errs, it decides as a second matcher does', () => {
        let [pairs, errors] = [0, 0];
        const differences: unknown[] = [];
        for (const { pattern, tree, hosts, found } of answered) {
            const automaton = patternAutomaton(tree);
            if (!automaton.ok || !repeatsAnchor(tree)) {
                continue;
            }
            for (const [at, host] of hosts.entries()) {
                const ours = accepts(automaton.value, host);
                const isErrorOfGlibc = found[at] === true && !ours;
                pairs += 1;
                errors += isErrorOfGlibc ? 1 : 0;
                const isRight = ours === found[at] || isErrorOfGlibc;
                if (!isRight || ours !== isFound(tree, host)) {
                    differences.push({ pattern, host, ours });
                }
            }
        }
        console.info(`repeated anchors: ${pairs} pairs, ${errors} errors`);
        expect(differences).toEqual([]);
        expect(pairs).toBeGreaterThan(8_000);
        expect(errors).toBeLessThan(pairs / 100);
    });

    test('the second matcher decides as regexec does elsewhere', () => {
        const sample = answered.slice(0, 4_000).filter(
            ({ tree, pattern }) =>
                // It knows no back-references, and of ":" what regexec does.
                !repeatsAnchor(tree) && !/\\[1-9]/.test(pattern),
        );
        const differences = sample.flatMap(({ pattern, tree, hosts, found }) =>
            hosts
                .filter((host, at) => isFound(tree, host) !== found[at])
                .map((host) => ({ pattern, host })),
        );
        expect(differences).toEqual([]);
        expect(sample.length).toBeGreaterThan(2_000);
    });

    test('a confined line passes the same hosts and nothing else', async () => {
        const confined = answered.flatMap((one) => {
            const line = confine(one.tree);
            return line.ok ? [{ ...one, line: line.value }] : [];
        });
        const passes = await oracle.match(
            confined.map(({ line, hosts, oddSubjects }) => ({
                pattern: line,
                subjects: [...hosts, ...oddSubjects],
            })),
        );
        let pairs = 0;
        const differences: unknown[] = [];
        for (const [nth, one] of confined.entries()) {
            const { pattern, line, hosts, oddSubjects, tree } = one;
            const automaton = lineAutomaton(line);
            const verdict = passes[nth];
            if (!parseConfinedLine(line).ok || !Array.isArray(verdict)) {
                differences.push({ pattern, line, refused: true });
                continue;
            }
            const isOdd = repeatsAnchor(tree);
            for (const [at, subject] of [...hosts, ...oddSubjects].entries()) {
                const isFoundIn =
                    at < hosts.length &&
                    (isOdd ? isFound(tree, subject) : one.found[at]) === true;
                const expected =
                    subject !== '' &&
                    isFoundIn &&
                    !(line === everyNameLine && isAddressSpelling(subject));
                pairs += 1;
                const passed = verdict[at] ?? false;
                const isRight = hasEmptyLabel.test(subject)
                    ? expected || !passed
                    : passed === expected;
                if (!isRight || accepts(automaton, subject) !== passed) {
                    differences.push({ pattern, line, subject, expected });
                }
            }
        }
        console.info(`confined: ${confined.length} lines, ${pairs} pairs`);
        expect(differences).toEqual([]);
        expect(pairs).toBeGreaterThan(130_000);
    }, 300_000);
});

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
