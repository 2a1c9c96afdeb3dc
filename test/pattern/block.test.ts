// What `deny` stores, and what a block list means.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    confine,
    describeBlockExcess,
    findDifference,
    findOddity,
    lineAutomaton,
    narrow,
    oddNameLines,
    parsePattern,
    readBlocked,
} from '../../shared/pattern/index.ts';
import { confinedLine } from './confined-line.ts';
import { hostWalker } from './host-walker.ts';
import { Random } from './random.ts';
import {
    randomHost,
    randomOddSubject,
    randomPattern,
} from './random-patterns.ts';
import { buildRegexOracle, type RegexOracle } from './regex-oracle.ts';
import { repeatsAnchor } from './repeats-anchor.ts';

let oracle: RegexOracle;

beforeAll(async () => {
    oracle = await buildRegexOracle();
});

afterAll(() => oracle?.remove());

function stored(typed: string): string {
    const read = readBlocked(typed);
    return read.ok ? read.value.stored : `! ${read.error.message}`;
}

describe('deny stores', () => {
    test.each([
        ['ads.test', '(^|\\.)ads\\.test$'],
        ['ADS.test', '(^|\\.)ads\\.test$'],
        ['.ads.test', '(^|\\.)ads\\.test$'],
        ['*.ads.test', '\\.ads\\.test$'],
        ['.zip', '(^|\\.)zip$'],
    ])('for the name %s %s', (typed, expected) => {
        expect(stored(typed)).toBe(expected);
    });

    test.each([
        'ads\\.test$',
        '^ads\\.test$',
        '^ads[0-9]*\\.',
        'doubleclick.*',
        '(ads|tracker)\\.test',
        'ads.test$',
    ])('untouched the expression %s', (typed) => {
        expect(stored(typed)).toBe(typed);
    });

    test.each([
        ['ads', '.ads'],
        ['93.184.1.1', 'refused already'],
        ['2a00::1', 'refused already'],
        ['.*', '--as-is'],
        ['(a', 'has no'],
        ['https://ads.test/', 'type ads.test'],
    ])('not %s, but says what to do', (typed, words) => {
        expect(stored(typed)).toMatch(/^! /);
        expect(stored(typed)).toContain(words);
    });

    test('with --as-is whatever can be confined', () => {
        expect(readBlocked('ads', { asIs: true })).toMatchObject({
            ok: true,
            value: { stored: 'ads', why: null },
        });
    });

    test('says what more an expression matches', () => {
        const read = readBlocked('ads\\.test$');
        expect(read.ok && read.value.meaning).toBe(
            'The host names that this expression matches. It also matches ' +
                '"aads.test"; that host and its subdomains alone are ' +
                '(^|\\.)ads\\.test$.',
        );
    });
});

test('what deny stores is matched by all that allow would let through', () => {
    const random = new Random(9);
    let compared = 0;
    for (let count = 0; count < 1_000; count += 1) {
        const typed = randomPattern(random);
        const [blocked, allowed] = [readBlocked(typed), narrow(typed)];
        if (blocked.ok && allowed.ok) {
            compared += 1;
            const [wide, close] = [blocked, allowed].map(({ value }) =>
                lineAutomaton(confinedLine(value.stored)),
            );
            const missed = wide && close && findDifference(close, wide);
            expect(
                missed?.kind === 'host' && findOddity(missed.host) === null,
            ).toBe(false);
        }
    }
    expect(compared).toBeGreaterThan(25);
});

test.each([
    ['ads.test', 'alone are (^|\\.)ads\\.test$'],
    ['ads\\.test', '(^|\\.)ads\\.test$'],
    ['ads\\.test$', '"aads.test"'],
    ['.ads.test', 'does not match "ads.test" itself'],
    ['.ads\\.test$', 'does not match "ads.test" itself'],
    ['.*', 'every host'],
])('in a block list %s deserves a look', (expression, words) => {
    expect(describeBlockExcess(expression)).toContain(words);
});

test.each([
    '(^|\\.)ads\\.test$',
    '^ads\\.test$',
    '\\.ads\\.test$',
    'doubleclick',
    '^ads[0-9]*\\.',
    '\\.zip$',
    '(a',
])('in a block list %s deserves none', (expression) => {
    expect(describeBlockExcess(expression)).toBeNull();
});

interface Case {
    readonly pattern: string;
    readonly line: string;
    readonly subjects: readonly string[];
}

/** Plain names that the expression matches, or nearly, and what is none. */
function randomCase(random: Random): Case | null {
    const pattern = randomPattern(random);
    const tree = parsePattern(pattern);
    const line = tree.ok ? confine(tree.value) : tree;
    if (!tree.ok || !line.ok || repeatsAnchor(tree.value)) {
        return null;
    }
    const walk = hostWalker(pattern);
    const hosts = random.several(16, 16, () => {
        const host = walk(random) ?? randomHost(random, pattern);
        return (
            random.oneOf(['', 'a.', 'x-1.b.']) +
            host +
            random.oneOf(['', '.test', '.b.z'])
        );
    });
    const odd = hosts.slice(0, 6).map((host) => randomOddSubject(random, host));
    return { pattern, line: line.value, subjects: [...hosts, ...odd, ''] };
}

test('a block list refuses what its expressions match, and what is no plain name', async () => {
    const random = new Random(20_262);
    const cases = Array.from({ length: 12_000 }, () =>
        randomCase(random),
    ).filter((each) => each !== null);
    const [originals, lines] = await Promise.all([
        oracle.match(cases),
        oracle.match(
            cases.map(({ line, subjects }) => ({ pattern: line, subjects })),
        ),
    ]);
    const guards = await Promise.all(
        oddNameLines.map((pattern) =>
            oracle.match(cases.map(({ subjects }) => ({ pattern, subjects }))),
        ),
    );
    let [plain, blocked] = [0, 0];
    const wrong: unknown[] = [];
    for (const [index, { pattern, subjects }] of cases.entries()) {
        const original = originals[index];
        if (!Array.isArray(original)) {
            continue;
        }
        for (const [at, subject] of subjects.entries()) {
            const isPlain = findOddity(subject) === null;
            const expected = !isPlain || (original[at] ?? false);
            const isRefused =
                lines[index]?.[at] === true ||
                guards.some((verdicts) => verdicts[index]?.[at] === true);
            plain += isPlain ? 1 : 0;
            blocked += isPlain && expected ? 1 : 0;
            if (isRefused !== expected) {
                wrong.push({ pattern, subject, expected });
            }
        }
    }
    console.info(`block list: ${plain} plain names, ${blocked} blocked`);
    expect(wrong).toEqual([]);
    expect(blocked).toBeGreaterThan(5_000);
    expect(plain - blocked).toBeGreaterThan(5_000);
});
