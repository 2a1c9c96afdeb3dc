import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addRules, removeRules } from '../../dom0/core/edit-rule-file.ts';
import { parseRuleFile, parseRuleText } from '../../dom0/core/rule-file.ts';
import { formatProblems } from '../../dom0/words/problem.ts';

const seed = 20261123;
const path = 'qubes/work.rules';

function parsed(text: string) {
    const file = parseRuleText(path, text);
    if (!file.ok) {
        throw new Error(formatProblems(file.error).join('\n'));
    }
    return file.value;
}

function problemsOf(bytes: string | Buffer): string[] {
    const file = parseRuleFile(path, Buffer.from(bytes));
    return file.ok ? [] : formatProblems(file.error);
}

describe('a rule file', () => {
    test('has an expression on a line, and at will a comment', () => {
        const text = [
            '# what work is for',
            '',
            '(^|\\.)github\\.com$',
            '^example\\.org$  comment=two words = one "text"',
            '\t^a\\.test$ # a remark, as the old guide allowed it',
            '  # an indented remark',
            '',
        ].join('\n');
        expect(
            parsed(text).rules.map(({ line, expression, comment }) => [
                line,
                expression,
                comment,
            ]),
        ).toEqual([
            [3, '(^|\\.)github\\.com$', null],
            [4, '^example\\.org$', 'two words = one "text"'],
            [5, '^a\\.test$', null],
        ]);
    });

    test('is not searched for errors without end', () => {
        const problems = parseRuleFile(path, Buffer.from('(\n'.repeat(8e6)));
        expect(!problems.ok && problems.error.length).toBe(1001);
        expect(!problems.ok && problems.error.at(-1)?.message).toBe(
            'more than 1000 errors',
        );
    });

    test('knows no blanks but the blank and the tab', () => {
        expect(problemsOf('^a$ \u00a0\n')[0]).toContain('may follow');
        expect(problemsOf('^a$\t\u3000 \n')[0]).toContain('may follow');
        expect(parsed('^a$ \t\n').rules).toHaveLength(1);
        const [rule] = parsed('^a$ comment= \u00ab\u00a0x\u00a0\t\n').rules;
        expect(rule?.comment).toBe('\u00ab\u00a0x\u00a0');
    });

    test('takes an expression as it stands, without narrowing it', () => {
        const [rule] = parsed('github\\.com$\n').rules;
        expect(rule?.expression).toBe('github\\.com$');
        expect(rule?.confined).toBe("\\`[a-z0-9._-]*github\\.com\\'");
    });

    test.each([
        [
            'an unknown directive',
            '!exclude common\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: no such directive; there are !include, !default, !connect-port, !http-port, !upstream, !timeout, !max-clients, !log-level, !lan, !usage',
        ],
        [
            'a time that is none',
            '^a$ expire=+60 comment=one minute\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: expire= takes seconds since 1970, as date +%s prints them; qvm-filterproxy allow --expire takes 2h and the like',
        ],
        [
            'two times',
            '^a$ expire=1795407446 expire=1795407447\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: expire= stands there twice',
        ],
        [
            'a run that is none',
            '^a$ until-shutdown=c295b21f.0\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: until-shutdown= names a run of the qube; to have it written: qvm-filterproxy allow --until-shutdown',
        ],
        [
            'a second expression',
            '^a$ ^b$\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: only expire=TIME, until-shutdown=RUN, comment=TEXT or # and a remark may follow the expression, which ends at its first blank',
        ],
        [
            'an empty comment',
            '^a$ comment=\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: comment= is without a text',
        ],
        [
            'a remark without a blank',
            '^a$#x\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: # is never part of a host name; a remark needs a blank before it',
        ],
        [
            'DOS line ends',
            '^a$\r\n',
            "/etc/qubes/filterproxy/qubes/work.rules:1: DOS line end; to convert the file: sed -i 's/\\r$//' /etc/qubes/filterproxy/qubes/work.rules",
        ],
        [
            'a NUL',
            '^a\0$\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: invisible character U+0000; remove it',
        ],
        [
            'an escape sequence',
            '^a$ comment=\x1b[2J\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: invisible character U+001B; remove it',
        ],
        [
            'a mark that turns the writing round',
            '^a$ comment=\u202egpj\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: invisible character U+202E; remove it',
        ],
        [
            'a byte order mark',
            '\ufeff^a$\n',
            "/etc/qubes/filterproxy/qubes/work.rules:1: byte order mark (U+FEFF), which editors do not show; to remove it: sed -i '1s/^\\xef\\xbb\\xbf//' /etc/qubes/filterproxy/qubes/work.rules",
        ],
        [
            'a line without end',
            `${'a'.repeat(3000)}\n`,
            '/etc/qubes/filterproxy/qubes/work.rules:1: the line is longer than 2000 characters',
        ],
        [
            'a byte order mark within',
            '^a$ comment=\ufeff\n',
            '/etc/qubes/filterproxy/qubes/work.rules:1: invisible character U+FEFF; remove it',
        ],
    ])('with %s is refused', (_, text, message) => {
        expect(problemsOf(text)[0]).toBe(message);
    });

    test('of DOS line ends the first is named, and what else is wrong', () => {
        const problems = parseRuleText(
            'qubes/work.rules',
            '^a$\r\n^b$\r\n(\r\n',
        );
        expect(problems.ok || problems.error.map(({ line }) => line)).toEqual([
            1, 3,
        ]);
        expect(problems.ok || problems.error[1]?.message).toContain('no ")"');
    });

    test('that is not UTF-8 is refused', () => {
        expect(problemsOf(Buffer.from([0x61, 0xff, 0x0a]))).toEqual([
            '/etc/qubes/filterproxy/qubes/work.rules: not UTF-8; save it as UTF-8 or plain ASCII',
        ]);
    });

    test('points at the character that is wrong', () => {
        const [message, line, mark] = problemsOf('^ok$\n  ^git(hub\\.com$\n');
        expect(message).toMatch(
            /^\/etc\/qubes\/filterproxy\/qubes\/work\.rules:2: /,
        );
        expect(line).toBe('      ^git(hub\\.com$');
        expect(mark?.indexOf('^')).toBe(line?.indexOf('('));
    });

    test('shows a long line around the character, and nothing raw', () => {
        const text = `^${'a'.repeat(300)}[${'b'.repeat(300)}é\n`;
        const [, line = ''] = problemsOf(text);
        expect(line.length).toBeLessThan(100);
        expect(line).toMatch(/^[\x20-\x7e]*$/);
    });

    test('tells all that is wrong at once, up to a number', () => {
        expect(
            problemsOf('(\n^ok$\n!x\n').map((each) => each.slice(0, 41)),
        ).toEqual(
            expect.arrayContaining([
                '/etc/qubes/filterproxy/qubes/work.rules:1',
                '/etc/qubes/filterproxy/qubes/work.rules:3',
            ]),
        );
        expect(problemsOf('!x\n'.repeat(1000)).at(-1)).toBe('and 980 more');
    });

    test('refuses what cannot be confined to host names', () => {
        expect(problemsOf('^(a)\\1$\n')[0]).toMatch(
            /^\/etc\/qubes\/filterproxy\/qubes\/work\.rules:1: /,
        );
    });
});

const userLine = fc.oneof(
    fc.constant(''),
    fc.constant('   '),
    fc.stringMatching(/^[ \t]{0,3}#[ -~]{0,20}$/),
);
const ruleLine = fc
    .tuple(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.constantFrom('', ' comment=x', '  # y'),
    )
    .map(([name, rest]) => `^${name}\\.test$${rest}`);
const fileText = fc
    .tuple(fc.array(fc.oneof(userLine, ruleLine)), fc.boolean())
    .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''));
const newRule = {
    expression: '^new\\.example$',
    comment: 'why',
    expire: null,
    run: null,
};

describe('an edit of a rule file', () => {
    test('keeps every line of the user, in order', () => {
        fc.assert(
            fc.property(fileText, (text) => {
                const after = addRules(parsed(text), [newRule]);
                expect(after.startsWith(text)).toBe(true);
                expect(parsed(after).rules.length).toBe(
                    parsed(text).rules.length + 1,
                );
                const added = parsed(after).rules.at(-1);
                expect(added).toMatchObject(newRule);
                const back = removeRules(
                    parsed(after),
                    added === undefined ? [] : [added],
                );
                expect(back === text || back === `${text}\n`).toBe(true);
            }),
            { seed },
        );
    });

    test('removes the lines that are meant, and no others', () => {
        fc.assert(
            fc.property(fileText, fc.nat(5), (text, index) => {
                const file = parsed(text);
                const rules = file.rules.slice(index, index + 2);
                const after = parsed(removeRules(file, rules));
                expect(after.rules.map((rule) => rule.expression)).toEqual(
                    file.rules
                        .filter((rule) => !rules.includes(rule))
                        .map((rule) => rule.expression),
                );
            }),
            { seed },
        );
    });

    test('adds nothing that is there already', () => {
        const text = '^new\\.example$   # mine\n';
        const rule = { ...newRule, comment: null };
        expect(addRules(parsed(text), [rule])).toBe(text);
    });

    test('gives a rule that is there its new comment, and keeps the remark', () => {
        const rule = { ...newRule, expression: '^a$', comment: 'new' };
        const textOf = (line: string) =>
            addRules(parsed(`^b$\n${line}\n^c$`), [rule]);
        expect(textOf(' ^a$ comment=old')).toBe('^b$\n^a$ comment=new\n^c$');
        expect(textOf('^a$  # mine')).toBe('^b$\n# mine\n^a$ comment=new\n^c$');
        expect(textOf('^a$ comment=new')).toBe('^b$\n^a$ comment=new\n^c$');
    });
});

test('whatever bytes a rule file has, they are rules or problems', () => {
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
            const file = parseRuleFile(path, bytes);
            const said = file.ok ? [] : formatProblems(file.error);
            expect(said.join('')).toMatch(/^[\x20-\x7e]*$/);
            expect(file.ok || said.length > 0).toBe(true);
        }),
        { seed, numRuns: 2000 },
    );
});
