import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
    accepts,
    confine,
    lineAutomaton,
    matches,
    parseConfinedLine,
    parsePattern,
} from '../../shared/pattern/index.ts';
import { confinedLine } from './confined-line.ts';
import { buildRegexOracle, type RegexOracle } from './regex-oracle.ts';

describe('confines', () => {
    test.each([
        ['github\\.com$', '[a-z0-9._-]*github\\.com'],
        ['(^|\\.)github\\.com$', '([a-z0-9_-]+\\.)*github\\.com'],
        ['(\\.|^)github\\.com$', '([a-z0-9_-]+\\.)*github\\.com'],
        ['^github\\.com$', 'github\\.com'],
        ["\\`github\\.com\\'", 'github\\.com'],
        ['\\.github\\.com$', '([a-z0-9_-]+\\.)+github\\.com'],
        ['^github', 'github[a-z0-9._-]*'],
        ['GitHub', '[a-z0-9._-]*github[a-z0-9._-]*'],
        ['^(a|b)\\.g$', '[ab]\\.g'],
        ['^a\\.g$|^b\\.g$', 'a\\.g|b\\.g'],
        ['^a\\.g$|b\\.g$', 'a\\.g|[a-z0-9._-]*b\\.g'],
        ['^(.*\\.)?g(\\.|$)', '([a-z0-9_-]+\\.)*g(\\.[a-z0-9._-]*)?'],
        ['^[^.]+\\.g$', '[a-z0-9_-]+\\.g'],
        ['^[[:alpha:]]\\w\\Wg$', '[a-z][a-z0-9_][.-]g'],
        ['^[+-_]g$', '[a-z0-9._-]g'],
        ['^.{2,4}g$', '[a-z0-9._-]{2,4}g'],
        ['^g/x$|^g$', 'g'],
        ['^g[/?#]*$', 'g'],
        ['^((x*y?)+|(z?){3,})*g$', '[x-z]*g'],
        ['^(xy?){2,}(z*){2,3}g$', '(xy?){2,}z*g'],
        ['^.*.*g.*.$', '[a-z0-9._-]*g[a-z0-9._-]+'],
        ['^10\\.0\\.0\\.[0-9]+$', '10\\.0\\.0\\.[0-9]+'],
        ['^0x7f\\.1$', '0x7f\\.1'],
        ['^fd00::1$', 'fd00::1'],
        ['^fd00::[1-3]$', 'fd00::[1-3]'],
        ['^[a-z.]*$', '[a-z.]+'],
        ['^(g?h?)$', '(h|gh?)'],
    ])('%s', (pattern, inner) => {
        const line = confinedLine(pattern);
        const expected =
            inner.includes('|') && !inner.includes('(') ? `(${inner})` : inner;
        expect(line).toBe(`\\\`${expected}\\'`);
    });
});

describe('confines anchors wherever they are', () => {
    test.each([
        ['x(^|\\.)y$', '[a-z0-9._-]*x\\.y'],
        ['(x$|y)z$', '[a-z0-9._-]*yz'],
        ['a?^b\\.c$', 'b\\.c'],
        ['(^|\\.)*y\\.g$', '[a-z0-9._-]*y\\.g'],
        ['(^www\\.)?y\\.g$', '(www\\.|[a-z0-9._-]*)y\\.g'],
        ['^(a|^b)+\\.g$', '[ab]a*\\.g'],
        ['^(a|b$)+(\\.c|$)$', '(b|a+(b|\\.c)?)'],
        ['^(\\.?^a|b)(\\.|$)g*$', '[ab](\\.g*)?'],
    ])('%s', (pattern, inner) => {
        expect(confinedLine(pattern)).toBe(`\\\`${inner}\\'`);
    });
});

describe('confines word edges', () => {
    test.each([
        ['\\bgithub\\.com$', '([a-z0-9._-]*[.-])?github\\.com'],
        ['\\<github\\.com$', '([a-z0-9._-]*[.-])?github\\.com'],
        ['github\\>', '[a-z0-9._-]*github([.-][a-z0-9._-]*)?'],
        ['^g\\b\\.x$', 'g\\.x'],
        ['^\\Bgx$|^h$', 'h'],
        ['\\Bx\\.g$', '[a-z0-9._-]*[a-z0-9_]x\\.g'],
        ['^x\\b.*z\\.g$', 'x[.-][a-z0-9._-]*z\\.g'],
        [
            '^[a-z-]+\\b[a-z-]+\\.g$',
            '(-+[a-z]|(-*[a-z])+(-|-+[a-z]))[a-z-]*\\.g',
        ],
        [
            '^[^x]{1,30}\\b[^y]{1,30}\\.g$',
            '([a-wyz0-9._-][a-wyz0-9._-]{0,28})?([a-wyz0-9_][.-]|' +
                '[.-][a-xz0-9_])([a-xz0-9._-]{0,28}[a-xz0-9._-])?\\.g',
        ],
    ])('%s', (pattern, inner) => {
        expect(confinedLine(pattern)).toBe(`\\\`${inner}\\'`);
    });
});

describe('refuses what it cannot confine', () => {
    test.each([
        ['a back-reference', '(a)\\1$', 3, 'write out what may stand'],
        ['an anchor that never holds', 'x$y', 0, 'no host name'],
        ['a word edge that never holds', 'x\\by', 0, 'no host name'],
        [
            'anchors that take too much to write out',
            '^((\\b|x)[a-z-]+(\\B|y)[^a]){4}\\.g$',
            0,
            'write several rules',
        ],
        ['a letter with a backslash', 'a\\d+$', 1, 'write "[0-9]"'],
        ['a bare letter with a backslash', '\\example$', 0, 'write "e"'],
        ['what no host name matches', 'a/b', 0, 'no host name'],
        ['nothing but the empty name', '^$', 0, 'no host name'],
        ['names and addresses', '^10\\.', 0, 'both a name'],
        ['the end of an address', '0\\.1$', 0, 'both a name'],
        ['a hexadecimal end', 'cafe$', 0, '"0xcafe"'],
        ['a port', 'github\\.com:443$', 0, 'ports are not part'],
        ['a colon by chance', '^[a-z:]+$', 0, 'IPv6'],
        ['a colon beside everything', '[:z]*', 0, 'IPv6'],
        ['an open IPv6 address', 'fd00::1$', 0, 'IPv6'],
        ['an IPv6 address and a name', '^fd00::1$|^g$', 0, 'IPv6'],
        ['an IPv6 address beside any text', '^g.*(::1)?$', 0, 'IPv6'],
        ['too many IPv6 addresses', '^fd00::[0-9a-f]{2}$', 0, 'IPv6'],
        [
            'a confined form over 501 bytes',
            `${'[^a]'.repeat(60)}g$`,
            0,
            'several',
        ],
    ])('%s', (_, pattern, at, words) => {
        const tree = parsePattern(pattern);
        expect(tree.ok && confine(tree.value)).toEqual({
            ok: false,
            error: { message: expect.stringContaining(words), at },
        });
    });
});

test('does not confine with : what a wildcard matches', () => {
    expect(matches(confinedLine('g.*$'), 'g:1')).toBe(false);
    expect(matches(confinedLine('g[^a]$'), 'g:')).toBe(false);
    expect(matches(confinedLine('g[[:punct:]]$'), 'g:')).toBe(false);
});

test.each([
    ['(^|\\.)a\\.test$', 'a.test'],
    ['\\.a\\.test$', 'x.y.a.test'],
    ['^(.*\\.)?a\\.test$', 'x-1.y_2.a.test'],
])('%s lets no empty label stand before the domain', (pattern, host) => {
    const line = confinedLine(pattern);
    expect(matches(line, host)).toBe(true);
    for (const odd of ['.a.test', '..a.test', 'x..a.test', '.x.a.test']) {
        expect(matches(line, odd)).toBe(false);
    }
});

describe('an expression that matches everything', () => {
    const everything = [
        '',
        '.',
        '.*',
        '^',
        '$',
        '^.*$',
        '.+',
        'a*|.',
        '^|x',
        '(g\\.)?',
        '(^|x)*',
        '^[a-m]|^[^a-m]',
        '(\\b|\\B)x?',
    ];

    test.each(everything)('"%s" is left every name', (pattern) => {
        expect(confinedLine(pattern)).toBe(confinedLine('.*'));
    });

    test.each([
        ['127.0.0.1', false],
        ['127.1', false],
        ['0x7f.1', false],
        ['2130706433', false],
        ['0', false],
        ['0177.0.0.01', false],
        ['127.0.0.1.', false],
        ['', false],
        ['::1', false],
        ['localhost', true],
        ['github.com', true],
        ['1.2.3.example', true],
        ['0xyz', true],
        ['1.0x1g', true],
        ['face', true],
        ['a.', true],
        ['.', true],
        ['1..2', true],
    ])('%s: %s', (host, expected) => {
        expect(matches(confinedLine('.*'), host)).toBe(expected);
    });
});

describe('a hostile host string', () => {
    let oracle: RegexOracle;

    beforeAll(async () => {
        oracle = await buildRegexOracle();
    });

    afterAll(() => oracle?.remove());

    const strings = [
        'blocked.test?x.allowed.test',
        'blocked.test#x.allowed.test',
        'blocked.test%2f.allowed.test',
        'blocked.test/.allowed.test',
        'blocked.test\\.allowed.test',
        'blocked.test\t.allowed.test',
        'blocked.test\r.allowed.test',
        'blocked.test .allowed.test',
        'allowed.test\n .blocked.test',
        'blocked.test\nallowed.test',
        'blocked.test/ HTTP/1.1\r\n X: .allowed.test',
        'blocked.test@.allowed.test',
        'blocked.test:80.allowed.test',
        'blocked.test\x80.allowed.test',
        "blocked.test'.allowed.test",
    ];

    test('passes the expression, and not its confined form', async () => {
        const pattern = '(^|\\.)allowed\\.test$';
        const line = confinedLine(pattern);
        const verdicts = await oracle.match([
            { pattern, subjects: strings },
            { pattern: line, subjects: strings },
            { pattern: line, subjects: ['allowed.test', 'X.ALLOWED.TEST'] },
        ]);
        expect(verdicts).toEqual([
            strings.map(() => true),
            strings.map(() => false),
            [true, true],
        ]);
        const automaton = lineAutomaton(line);
        expect(strings.filter((one) => accepts(automaton, one))).toEqual([]);
    });

    test('with the Kelvin sign is no host name', () => {
        expect(matches(confinedLine('^k\\.test$'), '\u212a.test')).toBe(false);
    });
});

describe('the agent refuses the line', () => {
    test.each([
        ['of an expression', '(^|\\.)github\\.com$'],
        ['without its start', "github\\.com\\'"],
        ['without its end', '\\`github\\.com'],
        ['with lines for edges', '^github\\.com$'],
        ['with one edge per branch', "\\`a\\.g|b\\.g\\'"],
        ['with an anchor inside', "\\`a^b\\'"],
        ['with a second edge inside', "\\`a\\'\\`b\\'"],
        ['with a dot for any character', "\\`github.com\\'"],
        ['with a negated list', "\\`[^a]g\\'"],
        ['with a class', "\\`[[:alpha:]]g\\'"],
        ['with a shorthand', "\\`\\wg\\'"],
        ['with a back-reference', "\\`(g)\\1\\'"],
        ['with a word edge', "\\`g\\b\\'"],
        ['with upper case', "\\`GitHub\\.com\\'"],
        ['with a range over more', "\\`[+-9]g\\'"],
        ['with a range to capitals', "\\`[A-z]g\\'"],
        ['with a slash', "\\`g/\\'"],
        ['with a needless escape', "\\`\\-g\\'"],
        ['with an interval in disguise', "\\`g{\\02}\\'"],
        ['with an empty branch', "\\`(g|)x\\'"],
        ['with nothing in it', "\\`\\'"],
        ['of the empty name', "\\`g*\\'"],
        ['of every string', "\\`[a-z0-9._-]+\\'"],
        ['of names and addresses', "\\`[0-9a-z]+\\.[0-9]+\\'"],
        ['with what is optional repeated for ever', "\\`(a*b*)*g\\'"],
        ['with a colon in a wildcard', "\\`[a-z0-9.:_-]*\\.github\\.com\\'"],
        ['with a port', "\\`github\\.com:443\\'"],
        ['with a blank', "\\`github\\.com\\' x"],
        ['with a comment', "\\`github\\.com\\'#"],
        ['with a line end', "\\`github\\.com\\'\n.*"],
        ['with a NUL', "\\`github\\.com\\'\0"],
        ['with a character that is not ASCII', "\\`g\u00fc\\'"],
        ['of 512 bytes', `\\\`${'g'.repeat(508)}\\'`],
        ['that is empty', ''],
    ])('%s', (_, line) => {
        expect(parseConfinedLine(line)).toEqual({
            ok: false,
            error: expect.stringMatching(/./),
        });
    });

    test('and takes one of 501 bytes', () => {
        const line = `\\\`${'g'.repeat(497)}\\'`;
        expect(parseConfinedLine(line)).toEqual({ ok: true, value: line });
    });
});

test('what takes regcomp for ever is quick once it is confined', async () => {
    const pattern =
        '((\\s?([[=-=]]?\\S{2}z{2}|z*[a-[.c.]]0?m{1,3})*){,2}((|[^.-_]+x*[Z]' +
        '{,2}){2,}-{,2}(|-{2,}[^[:digit:]ab]{,2}gm){1,3}|){,2}){2,}M(\\.|$)';
    const oracle = await buildRegexOracle();
    const line = confinedLine(pattern);
    const started = performance.now();
    const subjects = ['m', 'zzm.g', 'g'];
    const verdicts = await oracle.match([{ pattern: line, subjects }]);
    const elapsedMs = performance.now() - started;
    await oracle.remove();
    expect(verdicts).toEqual([[true, true, false]]);
    expect(elapsedMs).toBeLessThan(2_000);
});

test('an expression made to cost much costs little', () => {
    const started = process.cpuUsage();
    for (const pattern of [
        '^(g?m?){500}z$',
        '^([0-9]?g?){490}:$',
        '^[a-f0-9:]{1,39}$',
        `^(::1|${'[0-9a-f]?'.repeat(40)}::2)$`,
        `${'(g*'.repeat(32)}${')*'.repeat(32)}z$`,
        `^(${'gm|'.repeat(165)}z)*$`,
    ]) {
        const tree = parsePattern(pattern);
        expect(tree.ok).toBe(true);
        if (tree.ok) {
            confine(tree.value);
        }
    }
    const line = confinedLine('^(g?m?){500}z$');
    expect(matches(line, 'gm'.repeat(126))).toBe(false);
    expect(process.cpuUsage(started).user).toBeLessThan(10_000_000);
});
