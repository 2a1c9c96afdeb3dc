// The rules of a qube by all files that concern it.
import { describe, expect, test } from 'vitest';
import {
    type AllFiles,
    allRules,
    rulesOf,
} from '../../dom0/core/effective-rules.ts';
import { parseRuleText } from '../../dom0/core/rule-file.ts';
import type { SetName, TagName } from '../../dom0/core/set-name.ts';
import { disposable, exampleWith, systemOf } from './fake-qubes.ts';
import { filesOf, nameOf, noonMoment } from './rules.ts';

type Texts = Readonly<Record<string, string>>;

/** By name: `qubes` and `proxies` by qube, and which qubes have a tag. */
interface Given {
    readonly qubes?: Texts;
    readonly tags?: Texts;
    readonly sets?: Texts;
    readonly proxies?: Texts;
    readonly tagged?: Readonly<Record<string, readonly string[]>>;
}

function read<Name extends string>(
    below: string,
    ending: string,
    texts: Texts = {},
) {
    return new Map(
        Object.entries(texts).map(([name, text]) => [
            name as Name,
            parseRuleText(`${below}/${name}${ending}`, text),
        ]),
    );
}

function given({ qubes = {}, tagged = {}, ...shared }: Given): AllFiles {
    return {
        moment: noonMoment,
        files: filesOf(qubes),
        shared: {
            tags: read<TagName>('tags', '.rules', shared.tags),
            sets: read<SetName>('sets', '.rules', shared.sets),
            proxies: read('proxies', '.conf', shared.proxies),
        },
        tagged: new Map(
            Object.entries(tagged).map(([tag, names]) => [
                tag as TagName,
                new Set(names.map(nameOf)),
            ]),
        ),
    };
}

const system = systemOf(exampleWith(disposable));

function rules(files: Given, qube = 'work') {
    const found = system.get(nameOf(qube));
    return found === undefined ? expect.fail() : rulesOf(given(files), found);
}

/** `PLACE EXPRESSION` of each rule, and through which lines it comes. */
function effective(files: Given, qube?: string): string[] {
    const found = rules(files, qube);
    if (!found?.ok) {
        expect.fail(JSON.stringify(found));
    }
    return found.value.files.flatMap(({ file, via, rules: own }) =>
        own.map(({ line, expression }) =>
            [
                `${file}:${line} ${expression}`,
                ...via.map((place) => `${place.file}:${place.line}`),
            ].join(' < '),
        ),
    );
}

function problems(files: Given, qube?: string): string[] {
    const found = rules(files, qube);
    return found === null || found.ok
        ? []
        : found.error.map(
              ({ file, line, message }) => `${file}:${line}: ${message}`,
          );
}

describe('the rules of a qube', () => {
    test('are those of its file, of its tags and of the sets that they include', () => {
        expect(
            effective({
                qubes: { work: '!include dev\n^own$\n' },
                tags: { red: '^red$\n!include dev\n', blue: '^blue$\n' },
                sets: { dev: '^dev$\n!include deep\n', deep: '\n^deep$\n' },
                tagged: { red: ['work'], blue: ['banking'] },
            }),
        ).toEqual([
            'qubes/work.rules:2 ^own$',
            'sets/dev.rules:1 ^dev$ < qubes/work.rules:1',
            'sets/deep.rules:2 ^deep$ < qubes/work.rules:1 < sets/dev.rules:2',
            'tags/red.rules:1 ^red$',
        ]);
    });

    test('can be those of a tag alone', () => {
        const tags = { red: '^red$\n' };
        expect(effective({ tags, tagged: { red: ['work'] } })).toEqual([
            'tags/red.rules:1 ^red$',
        ]);
        expect(rules({ tags, tagged: { red: ['banking'] } })).toBeNull();
        expect(rules({ tags })).toBeNull();
    });

    test('of a disposable are its template’s, and those of its own tags', () => {
        expect(
            effective(
                {
                    qubes: { 'work-dvm': '^dvm$\n', disp12: '^no$\n' },
                    tags: { red: '^red$\n' },
                    tagged: { red: ['disp12'] },
                },
                'disp12',
            ),
        ).toEqual(['qubes/work-dvm.rules:1 ^dvm$', 'tags/red.rules:1 ^red$']);
    });

    test('are none, but there, if it only includes an empty set', () => {
        const found = rules({
            qubes: { work: '!include none\n' },
            sets: { none: '# nothing\n' },
        });
        expect(found?.ok && allRules(found.value)).toEqual([]);
    });

    test('are no rules at all if its file has none', () => {
        expect(rules({ qubes: { work: '# nothing\n!default deny\n' } })).toBe(
            null,
        );
    });
});

describe('a qube has no rules in force anew', () => {
    test.each<[string, Given, string]>([
        [
            'if it includes a set that is not there',
            { qubes: { work: '^a$\n!include dev\n' } },
            "qubes/work.rules:2: there is no set 'dev' (sets/dev.rules)",
        ],
        [
            'if a set includes itself',
            {
                qubes: { work: '!include a\n' },
                sets: { a: '!include b\n', b: '^b$\n!include a\n' },
            },
            'sets/b.rules:2: this includes itself: sets/a.rules, sets/b.rules, sets/a.rules',
        ],
        [
            'if a set has an error',
            { qubes: { work: '!include a\n' }, sets: { a: '^a$\n(\n' } },
            'sets/a.rules:2: this "(" has no ")"; for the character write "\\("',
        ],
        [
            'if the file of a tag has an error',
            {
                qubes: { work: '^a$\n' },
                tags: { red: '(\n' },
                tagged: { red: ['work'] },
            },
            'tags/red.rules:1: this "(" has no ")"; for the character write "\\("',
        ],
        [
            'if what holds for all of its ProxyVM has an error',
            {
                qubes: { work: '^a$\n' },
                proxies: { 'sys-filter': '^a$\n' },
            },
            'proxies/sys-filter.conf:1: rules have no place here; they are in qubes/, tags/ and sets/',
        ],
        [
            'if it has too many with all that it includes',
            {
                qubes: { work: '!include a\n!include b\n' },
                sets: {
                    a: '^a$\n'.repeat(60_000),
                    b: '^b$\n'.repeat(60_000),
                },
            },
            'qubes/work.rules:null: more than 100000 rules with all that it includes',
        ],
    ])('%s', (_, files, problem) => {
        expect(problems(files)).toEqual([problem]);
    });

    test('but others are not concerned by what they do not include', () => {
        const files: Given = {
            qubes: { work: '!include a\n', banking: '^b$\n' },
            sets: { a: '(\n' },
        };
        expect(rules(files, 'banking')?.ok).toBe(true);
        expect(rules(files, 'work')?.ok).toBe(false);
    });
});

test('a directive that has no place in a file is an error of it', () => {
    const set = parseRuleText('sets/a.rules', '!default deny\n');
    expect(!set.ok && set.error[0]?.message).toBe(
        '!default has no place here; it may stand in files in qubes/, tags/',
    );
});

test.each([
    ['!include', 'one set is expected; it is written !include SET'],
    ['!include a b', 'one set is expected; it is written !include SET'],
    ['!include ../a', /^not the name of a set: /],
    ['!include .a', /^not the name of a set: /],
    ['!include a/b', /^not the name of a set: /],
    ['! include a', /^no such directive; there are /],
    ['!toString', /^no such directive; there are /],
    ['!default', /^deny or allow is expected; it is written !default deny or /],
    ['!default drop', /^deny or allow is expected/],
    ['!default allow deny', /^deny or allow is expected/],
])('%j is refused', (line, message) => {
    const file = parseRuleText('qubes/work.rules', `${line}\n`);
    expect(!file.ok && file.error[0]?.message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
    );
});

test('a remark may follow a directive', () => {
    const file = parseRuleText('qubes/work.rules', ' !include a  # b\n');
    expect(file.ok && file.value.directives).toEqual([
        { line: 1, directive: { kind: 'include', set: 'a' } },
    ]);
});

describe('the default of a qube', () => {
    const tagged = { red: ['work'] };
    const defaultOf = (files: Given) => {
        const found = rules({ tagged, ...files });
        return found?.ok ? found.value.default : found;
    };

    test.each<[string, Given, string]>([
        ['a file without a word', { qubes: { work: '^a$\n' } }, 'deny'],
        ['its file', { qubes: { work: '^a$\n!default allow\n' } }, 'allow'],
        ['a tag', { tags: { red: '!default allow\n^a$\n' } }, 'allow'],
        [
            'a tag, beside a file with nothing in it',
            { qubes: { work: '# a\n' }, tags: { red: '!default allow\n' } },
            'allow',
        ],
        [
            'both',
            {
                qubes: { work: '!default allow\n' },
                tags: { red: '!default allow\n^a$\n' },
            },
            'allow',
        ],
    ])('is what %s says', (_, files, expected) => {
        expect(defaultOf(files)).toBe(expected);
    });

    test('without a rule is enough to be served, if it is allow', () => {
        expect(rules({ qubes: { work: '!default allow\n' } })).not.toBeNull();
        expect(rules({ qubes: { work: '!default deny\n' } })).toBeNull();
    });

    const opposite =
        'with this the rules here say which hosts are refused, but those of ' +
        'qubes/work.rules say which are allowed; a qube can have one kind only';

    test.each<[string, Given, string]>([
        [
            'a rule in its file and allow in a tag',
            {
                qubes: { work: '^a$\n' },
                tags: { red: '^b$\n!default allow\n' },
            },
            `tags/red.rules:2: ${opposite}`,
        ],
        [
            'deny in its file and allow in a tag',
            {
                qubes: { work: '!default deny\n' },
                tags: { red: '!default allow\n' },
            },
            `tags/red.rules:1: ${opposite}`,
        ],
        [
            'an include in its file and allow in a tag',
            {
                qubes: { work: '!include a\n' },
                tags: { red: '!default allow\n' },
                sets: { a: '' },
            },
            `tags/red.rules:1: ${opposite}`,
        ],
        [
            'two words in a file',
            { qubes: { work: '!default allow\n!default deny\n' } },
            'qubes/work.rules:2: there is another !default above; keep one',
        ],
    ])('is an error with %s', (_, files, problem) => {
        expect(problems({ tagged, ...files })).toEqual([problem]);
    });
});
