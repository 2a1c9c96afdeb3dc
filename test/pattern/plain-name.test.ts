// What guards a block list, against the C library that tinyproxy matches with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOddity, oddNameLines } from '../../shared/pattern/plain-name.ts';
import { Random } from './random.ts';
import { mutate, oddBytes, randomOddSubject } from './random-patterns.ts';
import { buildRegexOracle, type RegexOracle } from './regex-oracle.ts';

let oracle: RegexOracle;

beforeAll(async () => {
    oracle = await buildRegexOracle();
});

afterAll(() => oracle?.remove());

/** Those in which no line is found. */
async function leftPlain(subjects: readonly string[]): Promise<string[]> {
    const verdicts = await oracle.match(
        oddNameLines.map((pattern) => ({ pattern, subjects })),
    );
    return subjects.filter((_, at) =>
        verdicts.every((verdict) => verdict?.[at] === false),
    );
}

/** The lines and findOddity() say the same of all; how many are plain. */
async function agreeOn(subjects: readonly string[]): Promise<number> {
    const expected = subjects.filter((each) => findOddity(each) === null);
    expect(await leftPlain(subjects)).toEqual(expected);
    return expected.length;
}

const plain = [
    'ads.test',
    'ADS.Test',
    'a.b-c.d_e.test',
    '_dmarc.ads.test',
    '-a.test',
    'a-.test',
    '1.2.3.4.nip.io',
    '93.184.1.1.test',
    '0x7f.1.x',
    'xn--bcher-kva.example',
    'a.xn--p1ai',
    `${'a'.repeat(63)}.test`,
    `${'a.'.repeat(126)}b`,
];

test('a plain host name is left to the rules', async () => {
    expect(plain.map(findOddity)).toEqual(plain.map(() => null));
    expect(await leftPlain(plain)).toEqual(plain);
});

describe.each([
    [
        'character',
        [
            'ads.test?x',
            'ads.test#x.test',
            'ads%2etest',
            'ads.test/x.test',
            'ads.test\\x.test',
            'x@ads.test',
            'ads.test:80',
            'ads.test\tx.test',
            'ads.test\rx.test',
            'ads.test\n',
            '\nads.test',
            'x.test\n .ads.test',
            'ads.test\n x.test',
            'a\nb.test',
            'ads.test\x7f',
            'ads\xb7test.test',
            '::1',
            '2a00::1',
            '::ffff:93.184.1.1',
            'fe80::1%eth0',
        ],
    ],
    ['no-dot', ['', 'localhost', 'ads', '0', '2130706433', '0x7f000001']],
    ['empty-label', ['ads.test.', '.ads.test', 'ads..test', '.', '..', '1.']],
    [
        'address',
        [
            '93.184.1.1',
            '127.1',
            '0x7f.1',
            '0177.0.0.1',
            '0x5d.0xb8.0x1.0x1',
            'ads.test.1',
            'ads.0x1',
            'ads._test',
            'ads.-test',
        ],
    ],
    [
        'too-long',
        [
            `${'a'.repeat(64)}.test`,
            `ads.${'a'.repeat(64)}`,
            `${'a'.repeat(300)}.ads.test`,
            `${'a.'.repeat(126)}bc`,
            `${'a.'.repeat(30_000)}test`,
        ],
    ],
])('%s', (kind, strings) => {
    test.each(strings.map((each) => [each.slice(0, 40), each]))(
        'refuses %j',
        async (_, each) => {
            expect(findOddity(each)).toBe(kind);
            expect(await leftPlain([each])).toEqual([]);
        },
    );
});

test('every byte and every pair of bytes is judged alike', async () => {
    const bytes = Array.from({ length: 255 }, (_, index) =>
        String.fromCharCode(index + 1),
    );
    for (const [before, after] of [
        ['', ''],
        ['a', 'd.test'],
        ['', 'ads.test'],
        ['ads.test', ''],
        ['ads.', 'test'],
    ]) {
        const single = bytes.map((each) => before + each + after);
        const pairs = bytes.flatMap((one) =>
            bytes.map((other) => before + one + other + after),
        );
        await agreeOn([...single, ...pairs]);
    }
});

test('random strings are judged alike', async () => {
    const random = new Random(51);
    const subjects = random.several(40_000, 40_000, () => {
        const host = random.oneOf(plain);
        switch (random.below(4)) {
            case 0:
                return randomOddSubject(random, host);
            case 1:
                return mutate(random, host);
            case 2:
                return random
                    .several(0, 9, () => random.oneOf('00x19afz..-_AZ'))
                    .join('');
            default:
                return random
                    .several(0, 6, () => random.oneOf([...'a.1', ...oddBytes]))
                    .join('');
        }
    });
    const isPlain = await agreeOn(subjects);
    console.info(`plain: ${isPlain} of ${subjects.length}`);
    expect(isPlain).toBeGreaterThan(1_000);
    expect(subjects.length - isPlain).toBeGreaterThan(10_000);
});

test('no address that the C library reads is a plain host name', async () => {
    const random = new Random(8);
    const subjects = random.several(40_000, 40_000, () =>
        random.several(1, 9, () => random.oneOf('00112789afx...')).join(''),
    );
    const addresses = await oracle.addresses(subjects);
    expect(
        subjects.filter((each, at) => addresses[at] && !findOddity(each)),
    ).toEqual([]);
    expect(addresses.filter(Boolean).length).toBeGreaterThan(5_000);
});

test('tinyproxy reads the lines as they are written', () => {
    for (const line of oddNameLines) {
        expect(line).toMatch(/^[!-"$-~]{1,511}$/);
    }
});
