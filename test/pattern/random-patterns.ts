// Expressions and host names that make differences likely to show.
import type { Random } from './random.ts';

const realRules = [
    'github\\.com$',
    '(^|\\.)github\\.com$',
    '^(www\\.)?debian\\.org$',
    '^([a-z0-9-]+\\.)*qubes-os\\.org$',
    '(^|\\.)(deb|rpm|yum)\\.qubes-os\\.org$',
    '^ftp[0-9]{0,2}\\.(de|us)\\.debian\\.org$',
    '\\.googlevideo\\.com$',
    '^r[0-9]+---sn-[a-z0-9]{6,}\\.googlevideo\\.com$',
    '^mirrors?\\.[^.]+\\.(com|org|net|edu)$',
    'updates?\\..*\\.com',
    '^10\\.0\\.0\\.[0-9]+$',
    '^[[:alnum:]_-]+\\.s3\\.amazonaws\\.com$',
    "\\`([a-z0-9._-]*\\.)?example\\.org\\'",
    '^(.*\\.)?(a|b)\\.example$|^c\\.example$',
    '^fd00::1$',
    '(^|\\.)x{2,3}(\\.co)?\\.uk$|\\.y+$',
];

const fragments = [
    ...'abzAZ019.._-:,/!@',
    ...['a', 'b', '.', '0', 'x', '\\.', '.*', '.+', '|', '(', ')', '^', '$'],
    ...['*', '+', '?', '{', '}', '[', ']', '\\', '(^|\\.)', '(\\.|$)', '()'],
    ...['{2}', '{,2}', '{1,}', '{0}', '{,}', '{2,1}', '{\\02}', '{1\\,3}'],
    ...['\\w', '\\W', '\\s', '\\S', '\\b', '\\B', '\\<', '\\>', '\\`', "\\'"],
    ...['\\1', '\\2', '\\0', '\\d', '\\A', '\\-', '\\[', '\\{', '\\^', '\\\\'],
];

const lists = [
    ...['a', 'b', 'z', 'A', 'Z', '0', '9', '.', '_', '-', ':', '^', '[', ']'],
    ...['a-c', '0-9', 'A-Z', 'a-Z', 'Z-a', '+-z', '.-_', '--/', '/', '\\', '$'],
    ...['[:alpha:]', '[:digit:]', '[:punct:]', '[:upper:]', '[:Upper:]'],
    ...['[:xdigit:]', '[:space:]', '[:nope:]', '[=a=]', '[=-=]', '[.-.]'],
    ...['[.].]', '[.space.]', '[.a.]-c', 'a-[.c.]', '[..]', '[:alpha', '[='],
];

export function randomPattern(random: Random): string {
    switch (random.below(6)) {
        case 0:
            return random
                .several(0, 12, () => random.oneOf(fragments))
                .join('');
        case 1:
            return mutate(random, random.oneOf(realRules));
        case 2:
            return randomList(random) + random.oneOf(['', '$', '*', '-', ']']);
        default:
            return randomChoice(random, maxDepth);
    }
}

const maxDepth = 3;

/** Follows the grammar, so that regcomp takes nearly all of them. */
function randomChoice(random: Random, depth: number): string {
    return random
        .several(1, depth === maxDepth ? 3 : 2, () =>
            depth === maxDepth
                ? randomBranch(random)
                : randomPieces(random, depth),
        )
        .join('|');
}

function randomBranch(random: Random): string {
    const start = random.oneOf(['', '', '^', '(^|\\.)', '\\.', '\\`', '(|^)']);
    const end = random.oneOf(['', '', '$', '$', '(\\.|$)', "\\'", '\\.?$']);
    return start + randomPieces(random, maxDepth) + end;
}

function randomPieces(random: Random, depth: number): string {
    return random.several(0, 4, () => randomPiece(random, depth)).join('');
}

const anchors = [
    ...['^', '$', '\\b', '\\B', '\\<', '\\>', '\\`', "\\'", '\\b', '\\B'],
    ...['(^|a)', '(b$|g)', '($|z)x', '(|^)', '(\\b|\\.)', '(\\B|-)'],
];

function randomPiece(random: Random, depth: number): string {
    if (random.below(8) === 0) {
        return random.oneOf(anchors);
    }
    const repeats = ['', '', '', '*', '+', '?', '{2}', '{1,3}', '{,2}', '{2,}'];
    return randomUnit(random, depth) + random.oneOf(repeats);
}

function randomUnit(random: Random, depth: number): string {
    switch (random.below(depth > 0 ? 7 : 5)) {
        case 0:
            return random.oneOf(['\\.', '.', '\\w', '\\W', '\\S', '\\s', '/']);
        case 1:
            return randomList(random);
        case 5:
        case 6:
            return `(${randomChoice(random, depth - 1)})`;
        default:
            return random.oneOf('abgmzGM0x1-_');
    }
}

function randomList(random: Random): string {
    const items = random.several(1, 3, () => random.oneOf(lists));
    return `[${random.oneOf(['', '', '^'])}${items.join('')}]`;
}

/** Drops, doubles or replaces a few characters. */
export function mutate(random: Random, text: string): string {
    return random
        .several(1, 3, () => random.below(Math.max(1, text.length)))
        .reduce((mutant, at) => {
            const inserted = random.oneOf(['', '', ...fragments]);
            const kept = mutant.slice(at + random.below(2));
            return mutant.slice(0, at) + inserted + kept;
        }, text);
}

/** As clients and resolvers spell hosts, well or not. */
const oddHosts = [
    ...['', '.', 'a', 'a.', 'GitHub.com.', 'WWW.EXAMPLE.ORG', '-a-.b_c', '..'],
    ...['a..b', '.a.test', 'xn--bcher-kva.example', 'XN--P1AI', '10.0.0.1'],
    ...['127.1', '0x7f.1', '0177.0.0.01', '2130706433', '0', '1.2.3.4.5'],
    ...[`${'a'.repeat(63)}.com`, 'b.'.repeat(126), 'x'.repeat(300), '1.'],
];

/** Short strings of host characters, and what is left of the expression. */
export function randomHost(random: Random, pattern: string): string {
    const literal = pattern.replace(/[^A-Za-z0-9._-]/g, '');
    switch (random.below(5)) {
        case 4: {
            const odd = random.oneOf(oddHosts);
            return random.oneOf([odd, odd + literal.slice(0, 9)]);
        }
        case 0:
            return literal.slice(0, 80);
        case 1: {
            const at = random.below(literal.length + 1);
            return random.oneOf(['', 'a', 'x.']) + literal.slice(at, at + 9);
        }
        default:
            return random
                .several(0, 7, () => random.oneOf('aabbgmxz01..-_AGZ'))
                .join('');
    }
}

/** All bytes but NUL that are in no host name, some of them more often. */
export const oddBytes = [
    ...'\n\n\n\r\t ?#/%\\:@',
    ...Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)),
].filter((byte) => !/[A-Za-z0-9._-]/.test(byte));

/** A host name with odd bytes put in. */
export function randomOddSubject(random: Random, host: string): string {
    return random
        .several(1, 2, () => random.oneOf(oddBytes))
        .reduce((subject, byte) => {
            const at = random.oneOf([
                0,
                host.length,
                random.below(host.length + 1),
            ]);
            const between = random.oneOf(['', '', 'x', '.', 'evil.test']);
            return subject.slice(0, at) + between + byte + subject.slice(at);
        }, host);
}
