import { describe, expect, test } from 'vitest';
import {
    confine,
    describeLooseness,
    findDifference,
    narrow,
    parsePattern,
    patternAutomaton,
} from '../../shared/pattern/index.ts';
import { Random } from './random.ts';
import { randomPattern } from './random-patterns.ts';

describe('a host or a wildcard', () => {
    test.each([
        ['github.com', '^github\\.com$', 'The host github.com and no other.'],
        ['GitHub.COM', '^github\\.com$', 'The host github.com and no other.'],
        ['intranet', '^intranet$', 'The host intranet and no other.'],
        ['a_b-c.example', '^a_b-c\\.example$', 'The host a_b-c.example and'],
        ['*.github.com', '\\.github\\.com$', 'but not github.com itself.'],
        ['.github.com', '(^|\\.)github\\.com$', 'and all its subdomains.'],
        ['10.0.0.1', '^10\\.0\\.0\\.1$', 'The address 10.0.0.1,'],
        ['fd00:0:0::1', '^fd00::1$', 'The address fd00::1,'],
        ['[FD00::1]', '^fd00::1$', 'The address fd00::1,'],
    ])('%s is stored as %s', (typed, stored, meaning) => {
        expect(narrow(typed)).toEqual({
            ok: true,
            value: {
                stored,
                meaning: expect.stringContaining(meaning),
                why: expect.stringMatching(/\.$/),
            },
        });
    });
});

describe('an expression that starts at a label is stored as typed', () => {
    test.each([
        ['^github\\.com$', 'The host github.com and no other.'],
        ['(^|\\.)github\\.com$', 'The host github.com and all its subdomains.'],
        ['\\.github\\.com$', 'All subdomains of github.com, but not'],
        ['^[a-z]+\\.github\\.com$', 'this expression matches'],
        ['(^|\\.)(a|b)\\.example$', 'this expression matches'],
        ['(^|.*\\.)github\\.com$', 'this expression matches'],
        ['.*\\.github\\.com$', 'this expression matches'],
        ['[.]github\\.com$', 'this expression matches'],
        ['\\b\\.github\\.com$', 'this expression matches'],
        ["\\`github\\.com\\'", 'this expression matches'],
        ['^fd00::1$', 'The address fd00::1,'],
        ['^10\\.0\\.0\\.1$', 'The address 10.0.0.1,'],
    ])('%s', (typed, meaning) => {
        expect(narrow(typed)).toEqual({
            ok: true,
            value: {
                stored: typed,
                meaning: expect.stringContaining(meaning),
                why: null,
            },
        });
    });
});

describe('any other is narrowed to start at a label', () => {
    test.each([
        ['github\\.com$', '(^|\\.)github\\.com$', 'agithub.com'],
        ['a\\.com$|b\\.com$', '(^|\\.)a\\.com$|(^|\\.)b\\.com$', 'aa.com'],
        ['^a\\.com$|b\\.com$', '^a\\.com$|(^|\\.)b\\.com$', 'ab.com'],
        ['(a|b)\\.com$', '(^|\\.)(a|b)\\.com$', 'aa.com'],
        ['(a|\\.b)\\.com$', '((^|\\.)a|\\.b)\\.com$', 'aa.com'],
        ['(www\\.)?g\\.com$', '(^|\\.)(www\\.)?g\\.com$', 'ag.com'],
        ['[a-f]+\\.g\\.com$', '(^|\\.)[a-f]+\\.g\\.com$', 'ga.g.com'],
        ['.*github\\.com$', '(^|\\.)github\\.com$', 'agithub.com'],
        ['^.*github\\.com$', '(^|\\.)github\\.com$', 'agithub.com'],
        ['mail.g.com$', '(^|\\.)mail\\.g\\.com$', 'mailagacom'],
        ['^mail.g.com$', '^mail\\.g\\.com$', 'mailagacom'],
        ['^(a|b).g.com$', '^(a|b)\\.g\\.com$', 'aagacom'],
        ['\\bg\\.com$', '(^|\\.)g\\.com$', '-g.com'],
        ['\\<g\\.com$', '(^|\\.)g\\.com$', '-g.com'],
    ])('%s is stored as %s', (typed, stored, example) => {
        expect(narrow(typed)).toMatchObject({
            ok: true,
            value: {
                stored,
                why: `As typed it would also match "${example}".`,
            },
        });
    });
});

describe('refuses, saying what to type', () => {
    test.each([
        ['nothing', '', 0, 'missing'],
        ['an URL', 'https://github.com/x', 6, 'type github.com'],
        ['an URL of IPv6', 'https://[fd00::1]:8443/x', 6, 'type fd00::1'],
        ['an URL of none', 'https://[fd00::1', 6, 'no URL and no user name'],
        ['an URL with a star', 'https://*.foo.com/*', 6, 'type *.foo.com'],
        ['an URL without host', 'https:///', 6, 'and no user name'],
        ['an URL with all', 'http://a@b.io:80/c', 5, 'type b.io'],
        [
            'an open end, with a longer name of it',
            'wild3\\.org',
            10,
            'such as "wild3.org.example.org"',
        ],
        [
            'an open branch, with a longer name of that',
            'a.com$|b.com',
            12,
            'such as "b.com.example.org"',
        ],
        ['a network', '1.2.3.0/24', 7, 'an address, no network; name each'],
        ['a private network', '10.2.0.0/16', 8, 'private ones need !lan, too'],
        ['a network of IPv6', 'fd00::/8', 6, 'no network'],
        ['no network', '1.2.3.4/x', 7, 'type 1.2.3.4'],
        ['a comma', 'a.com,b.com', 5, 'separate hosts by blanks: a.com b.com'],
        ['a comma at the end', '.a.com,', 6, 'by blanks: .a.com'],
        ['a path', 'github.com/x', 10, 'type github.com'],
        ['user info', 'me@github.com', 2, 'type github.com'],
        ['a port', 'github.com:443', 10, 'type github.com'],
        ['a comment', 'github.com#x', 10, 'type github.com'],
        ['a blank', 'github.com x', 10, 'one host per argument'],
        ['a line end', 'github.com\n', 10, 'control character'],
        ['an international name', 'münchen.de', 1, 'xn--mnchen-3ya.de'],
        ['an international wildcard', '*.münchen.de', 3, '*.xn--mnchen-3ya.de'],
        ['a trailing dot', 'github.com.', 10, 'without a dot'],
        ['two dots', 'github..com', 7, 'two dots'],
        ['a dot alone', '.', 1, 'no name'],
        ['a label of 64', `${'a'.repeat(64)}.com`, 0, 'at most 63'],
        ['a name of 254', `${'a.'.repeat(126)}aa`, 0, 'at most 253'],
        ['a short address', '127.1', 0, '127.0.0.1'],
        ['a hexadecimal address', '0x7f.1', 0, '127.0.0.1'],
        ['a number', '2130706433', 0, '127.0.0.1'],
        ['no address', '256.1.1.1', 0, 'four numbers'],
        ['an IPv4 address in IPv6', '::ffff:10.0.0.1', 0, 'no IPv6'],
        ['a star in a name', 'git*.com', 3, 'all subdomains'],
        ['a star alone', '*', 0, 'all subdomains'],
        ['no end', 'github\\.com', 11, 'write "(^|\\.)github\\.com$"'],
        ['a word', '\\bg\\.com\\b', 10, 'write "(^|\\.)g\\.com$"'],
        [
            'a branch without end',
            'a.com$|b.com',
            12,
            'write "(^|\\.)a\\.com$|(^|\\.)b\\.com$"',
        ],
        ['an open address', '^10\\.', 5, 'end it with "$"'],
        ['any text in front', '.+github\\.com$', 1, 'for subdomains write'],
        ['everything', '.*', 0, 'nothing in common'],
        ['every name', '^[a-z0-9.-]+$', 0, 'nothing in common'],
        ['an end that is none', 'github.*$', 0, '"githubunrelated.com"'],
        ['no end in one branch', '(a\\.io|b[a-z.]+)$', 0, 'in common'],
        ['all of two domains', '\\.(com|org)$', 0, 'nothing in common'],
        ['names and addresses', '10\\.0\\.0\\.1$', 0, '"^10\\.0\\.0\\.1$"'],
        ['an error of the grammar', 'github\\.(com$', 8, 'no ")"'],
        ['what cannot be confined', '(a)\\1\\.com$', 3, 'write out'],
    ])('%s', (_, typed, at, words) => {
        expect(narrow(typed)).toEqual({
            ok: false,
            error: { message: expect.stringContaining(words), at },
        });
    });

    test('never repeats a character that a terminal would act on', () => {
        for (const typed of ['a\x1b[2J', '\x9b31mx', 'a/\x07', 'x@\r\n']) {
            const refused = narrow(typed);
            expect(refused.ok ? '' : refused.error.message).toMatch(
                /^[\x20-\x7e]+$/,
            );
        }
    });
});

describe('as is', () => {
    test.each([
        ['github\\.com$', 'in which this expression is found'],
        ['github\\.com', 'in which this expression is found'],
        ['.*', 'Every host name, but no address.'],
    ])('%s is stored untouched', (typed, meaning) => {
        expect(narrow(typed, { asIs: true })).toEqual({
            ok: true,
            value: {
                stored: typed,
                meaning: expect.stringContaining(meaning),
                why: null,
            },
        });
    });

    test.each([
        ['what cannot be confined', '(a)\\1'],
        ['what reaches addresses', '^10\\.'],
        ['what is no expression', '*.github.com'],
    ])('refuses %s', (_, typed) => {
        expect(narrow(typed, { asIs: true })).toMatchObject({ ok: false });
    });
});

describe('a rule that stands in a file is loose', () => {
    test.each([
        [
            'example.com',
            'example.com also matches "example.com.example.org"; for that host only write ^example\\.com$',
        ],
        [
            'github\\.com',
            'github\\.com also matches "github.com.example.org"; write "(^|\\.)github\\.com$"',
        ],
        [
            '^a\\.io$|^b\\.io',
            '^a\\.io$|^b\\.io also matches "b.io.example.org"; write "^a\\.io$|^b\\.io$"',
        ],
        ['.*', 'nothing in common'],
        ['^[a-z0-9.-]+$', 'nothing in common'],
    ])('%s', (expression, said) => {
        expect(describeLooseness(expression)).toContain(said);
    });

    test.each([
        '^github\\.com$',
        '(^|\\.)github\\.com$',
        'github\\.com$',
        '(^|\\.)(a|b)\\.example$',
        '\\.com$',
        '^fd00::1$',
        '(',
    ])('but not %s', (expression) => {
        expect(describeLooseness(expression)).toBeNull();
    });
});

test('narrowing never widens, and what is stored can be confined', () => {
    const random = new Random(4711);
    let narrowed = 0;
    for (const end of random.several(10_000, 10_000, () => random.below(3))) {
        const typed = randomPattern(random) + ['$', '\\.com$', ''][end];
        const result = narrow(typed);
        const before = parsePattern(typed);
        if (!result.ok || !before.ok || /^[*.]?[\w.-]+$/.test(typed)) {
            continue;
        }
        const after = parsePattern(result.value.stored);
        expect(after.ok && confine(after.value)).toMatchObject({ ok: true });
        const wider = patternAutomaton(before.value);
        const narrower = after.ok ? patternAutomaton(after.value) : after;
        if (wider.ok && narrower.ok) {
            const example = findDifference(narrower.value, wider.value);
            expect({ typed, example }).not.toMatchObject({
                example: { kind: 'host' },
            });
            narrowed += 1;
        }
    }
    expect(narrowed).toBeGreaterThan(1_000);
});
