// The files of dom0 that users, backups and other tools write.
import { isDeepStrictEqual } from 'node:util';
import { describe, test } from 'vitest';
import {
    parseEntry,
    parseEntryName,
    renderEntry,
} from '../../dom0/core/history-entry.ts';
import { parseRemovedName } from '../../dom0/core/removed.ts';
import type { StoredRule } from '../../dom0/core/rule-file.ts';
import { parseRuleFile } from '../../dom0/core/rule-file.ts';
import { parseOwner } from '../../dom0/core/rule-files.ts';
import { parseUsage, renderUsage } from '../../dom0/core/usage/usage-file.ts';
import { parseConfinedLine } from '../../shared/pattern/index.ts';
import { err } from '../../shared/result.ts';
import { ConfinedLines } from './confined-lines.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261124;

/** Short expressions: the time that one takes grows with its length. */
const files = [
    '# What work is for, and who asked for it.\n^a$  comment=source code\n',
    '^a\\.b$ # a remark, as the old guide for tinyproxy had it\n# more\n',
    '\n\t^b[0-9]{2,3}$\n# numbered, from ten on\n\n',
    'a\\.b$ comment=what is \u201copen\u201d at its start\n',
    '^(a|b)+$ comment=caf\u00e9 = bank',
    '^fd::1$\n# an address\n^1\\.2$\n',
    '  # only remarks here: nothing is allowed\n\n#\n',
    '(^|\\.)a$ comment=a domain, and all that is below it\n  # indented\n',
    '^[a-f0-9-]+$ # hexadecimal\n',
    '\n\n# nothing yet\n\n# nor here, but a name such as ^x$ in a remark\n',
    '^x$ comment=one letter, for a host in the local network\n',
    '^y?x$ comment=one letter or two; "quoted", (bracketed) and so on\n',
    '^w$ expire=1795407446 comment=until then\n^v$ until-shutdown=c295b21f.7\n',
    '^u$  until-shutdown=0a0b0c0d.32751  expire=1 # over\n',
    '# from here on\n#\n^z$ # the last one of them, which is short\n',
];

const words = [
    ...[
        'comment=',
        ' comment=x',
        'expire=1',
        ' until-shutdown=c295b21f.1',
        '!include ',
        '# ',
        '#',
        '\r\n',
    ],
    ...['\n', '\n\n', ' ', '\t', '^', '$', '(^|\\.)', '\\.', '.*', '.', '\\`'],
    ...[
        "\\'",
        '[[:alnum:]]',
        '[^a]',
        '[a-',
        '[]a]',
        '\\w',
        '\\W',
        '\\b',
        '\\<',
    ],
    ...[
        '(',
        ')',
        '|',
        '{1,3}',
        '{99999}',
        '{,2}',
        '*',
        '+',
        '?',
        '\\1',
        '(a)\\1',
    ],
    ...['github\\.com', 'A-Z', '::1', '127\\.0\\.0\\.1', '\ufeff', '\u202e'],
    ...['\u00a0', '\u2028', '\u0085', '\x1b[2J', '\0', 'xn--', '_', '-'],
];

describe('a rule file that was tampered with', () => {
    test('has what is written in it, and nothing that is not confined', async () => {
        const lines = new ConfinedLines();
        fuzz({
            line: 'rule file',
            share: 0.2,
            next: textInputs(seed, files, words),
            parse: (bytes) => {
                const file = parseRuleFile('qubes/work.rules', bytes);
                return file.ok
                    ? file
                    : err(
                          file.error
                              .map(({ message }) => message)
                              .join('; ')
                              .slice(0, 600),
                      );
            },
            check: (file, bytes) => {
                const text = bytes.toString('utf8');
                demand(file.text === text, 'the text is not the text');
                checkRules(file.rules, text);
                for (const { confined } of file.rules) {
                    if (lines.add(confined)) {
                        demand(parseConfinedLine(confined).ok, confined);
                    }
                }
            },
        });
        await lines.expectHarmless();
    });
});

const blank = /^[ \t]*(?:#.*)?$/;
const rule =
    /^[ \t]*(?<expression>[!-~]+)(?:[ \t]+(?<ends>(?:(?:expire|until-shutdown)=[^ \t]+(?:[ \t]+|$))*)(?:#.*|comment=[ \t]*(?<comment>.*?)[ \t]*)?)?$/;
const directive =
    /^[ \t]*!(?:include[ \t]+[A-Za-z0-9][A-Za-z0-9._-]{0,99}|default[ \t]+(?:deny|allow))[ \t]*(?:(?<=[ \t])#.*)?$/;
const expiry = /^expire=([0-9]{1,11})$/;
const ofRun = /^until-shutdown=([0-9a-f]{8}\.[1-9][0-9]{0,4})$/;
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Each of the two at most once, in any order. */
function endsAs({ expire, run }: StoredRule, text: string): boolean {
    const words = text.split(/[ \t]+/).filter((word) => word !== '');
    const times = words.flatMap((word) => expiry.exec(word)?.slice(1) ?? []);
    const runs = words.flatMap((word) => ofRun.exec(word)?.slice(1) ?? []);
    return (
        times.length + runs.length === words.length &&
        times.map(Number).join() === (expire ?? []).toString() &&
        runs.join() === (run ?? '')
    );
}

/** One rule for each line that is neither blank nor a remark, in order. */
function checkRules(rules: readonly StoredRule[], text: string): void {
    const left = [...rules];
    for (const [index, line] of text.split('\n').entries()) {
        demand(!invisible.test(line.replaceAll('\t', ' ')), 'invisible');
        if (!blank.test(line) && !directive.test(line)) {
            const groups = rule.exec(line)?.groups;
            demand(groups !== undefined, `the line ${JSON.stringify(line)}`);
            const found = left.shift();
            demand(
                found?.line === index + 1 &&
                    found.expression === groups['expression'] &&
                    found.comment === (groups['comment'] ?? null) &&
                    found.comment !== '' &&
                    endsAs(found, groups['ends'] ?? '') &&
                    !/[#!]/.test(found.expression.charAt(0)),
                `a rule of the line ${JSON.stringify(line)}`,
            );
        }
    }
    demand(left.length === 0, 'a rule of no line');
}

test('a record of an owner that was tampered with is refused, or names one', () => {
    const corpus = [
        '8e924faf-82d6-4601-9320-8dfd5c4fcf6e\n',
        '7972106e-38f8-4b96-ad18-fbd61967ca90',
    ];
    fuzz({
        line: 'owner record',
        share: 0.2,
        next: textInputs(seed, corpus, [
            '\n',
            ' ',
            '-',
            '0',
            'abcdef01',
            '\r\n',
        ]),
        parse: parseOwner,
        check: (uuid, bytes) => {
            const hex = '[0-9a-f]';
            const form = `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`;
            const found = new RegExp(`^\\s*(${form})\\s*$`).exec(
                bytes.toString('utf8'),
            );
            demand(found?.[1] === uuid, uuid);
        },
    });
});

test('a name among removed files that was tampered with is refused, or is theirs', () => {
    const uuid = '8e924faf-82d6-4601-9320-8dfd5c4fcf6e';
    const corpus = [
        `work.20261124T161812Z.${uuid}.rules`,
        `a.b-c_d.20240229T000000Z.${uuid}.rules`,
        `x.20261231T235959Z.20261124T161812Z.${uuid}.rules`,
    ];
    const words = [
        ...['.', '..', '/', '-', '_', '0', '9', 'T', 'Z', '\n', '\0'],
        ...['dom0', '-dm', 'none', '20270101T000000Z.', '0230T', `.${uuid}`],
    ];
    fuzz({
        line: 'name of a removed file',
        share: 0.2,
        next: textInputs(seed, corpus, words),
        parse: (bytes) => parseRemovedName(bytes.toString('latin1')),
        check: ({ name, uuid: whose, date }, bytes) => {
            const hex = '[0-9a-f]';
            const form =
                `(?<name>[a-zA-Z][a-zA-Z0-9_.-]{0,30})\\.(?<time>\\d{8}T\\d{6})` +
                `Z\\.(?<uuid>${hex}{8}(?:-${hex}{4}){3}-${hex}{12})\\.rules`;
            const groups = new RegExp(`^${form}$`).exec(
                bytes.toString('latin1'),
            )?.groups;
            const time = date.replaceAll(/[-:Z]/g, '');
            demand(groups?.['name'] === name, name);
            demand(groups?.['uuid'] === whose, whose);
            demand(groups?.['time'] === time, date);
            demand(!Number.isNaN(Date.parse(date)), date);
            demand(!/^(dom0|none|default|Domain-0)$|-dm$/.test(name), name);
        },
    });
});

describe('an entry of the history that was tampered with', () => {
    const uuid = '8e924faf-82d6-4601-9320-8dfd5c4fcf6e';

    test('has a name that is refused, or is its own', () => {
        const corpus = [
            '000012.qubes.work.rules',
            '000001.tags.red.rules.pending',
            '1234567.sets.a.b-c_d.rules',
            '000300.proxies.sys-filter.conf',
        ];
        const words = [
            ...['.', '..', '/', '-', '_', '0', '9', '\n', '\0', '.pending'],
            ...[
                'qubes',
                'tags',
                'sets',
                'proxies',
                'owners',
                '.rules',
                '.conf',
            ],
        ];
        fuzz({
            line: 'name of an entry',
            share: 0.4,
            next: textInputs(seed, corpus, words),
            parse: (bytes) => parseEntryName(bytes.toString('latin1')),
            check: ({ number, path, isPending }, bytes) => {
                const file = '[A-Za-z0-9_-][A-Za-z0-9_.-]{0,109}';
                const form =
                    `(?<number>\\d{6,9})\\.(?<place>(?:qubes|tags|sets)\\.` +
                    `${file}\\.rules|proxies\\.${file}\\.conf)` +
                    '(?<end>\\.pending)?';
                const groups = new RegExp(`^${form}$`).exec(
                    bytes.toString('latin1'),
                )?.groups;
                demand(Number(groups?.['number']) === number, `${number}`);
                demand(groups?.['place']?.replace('.', '/') === path, path);
                demand((groups?.['end'] !== undefined) === isPending, path);
                demand(path.split('/').length === 2, path);
            },
        });
    });

    test('is refused, or says just what it said', () => {
        const head =
            '{"version":1,"time":"2026-11-24T16:18:12Z","by":"user",' +
            `"command":"allow","owner":"${uuid}","previous":11}`;
        const corpus = [
            `${head}\n^a\\.test$\n`,
            `${head.replace('"user"', 'null').replace('"allow"', 'null')}\n\n`,
            `${head.replace(`"${uuid}"`, 'null').replace('11', 'null')}\n`,
        ];
        const words = [
            ...['"', ':', ',', '{', '}', '\n', 'null', '1', '-1', '1e9', '0.5'],
            ...['"by"', '"command"', '"set aside"', '"\\u001b"', '\0', ' '],
        ];
        fuzz({
            line: 'entry of the history',
            share: 0.6,
            next: textInputs(seed, corpus, words),
            parse: parseEntry,
            check: (entry, bytes) => {
                const end = bytes.indexOf('\n');
                const said = JSON.parse(
                    new TextDecoder().decode(bytes.subarray(0, end)),
                );
                demand(
                    Buffer.from(entry.text).equals(bytes.subarray(end + 1)),
                    'its text',
                );
                for (const key of ['time', 'by', 'command', 'owner'] as const) {
                    demand(entry[key] === said[key], key);
                    demand(/^[\x20-\x7e]*$/.test(entry[key] ?? ''), key);
                }
                demand(entry.previous === said.previous, 'previous');
                const again = parseEntry(renderEntry(entry));
                demand(again.ok, 'read again');
            },
        });
    });
});

test('sums of uses that were tampered with are refused, or say just what they said', () => {
    const [one, two, three] = [
        '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
        '7972106e-38f8-4b96-ad18-fbd61967ca90',
        '0a0b0c0d-38f8-4b96-ad18-fbd61967ca90',
    ];
    const used = { rule: '^a$', count: 5, first: 1795407446, last: 1795407449 };
    const file = {
        version: 1,
        owner: one,
        since: 1795407446,
        at: 1795449600,
        sources: [
            { uuid: one, since: two, boot: 'c295b21f', at: 81_364, unnamed: 0 },
            { uuid: two, since: three, boot: '0a0b0c0d', at: 7, unnamed: 12 },
        ],
        rules: [
            { ...used, seen: [[0, 4]] },
            { ...used, rule: '(^|\\.)b\\.c$', last: null, seen: [] },
        ],
    };
    const shared = { ...file, owner: null, since: null, rules: [] };
    fuzz({
        line: 'sums of uses',
        share: 0.2,
        next: jsonInputs(seed, {
            values: [file, shared, { ...file, sources: [], rules: [] }],
            words: [one, two, '^a$', '', 'a b', '\u001b[2J', '\u202e'],
        }),
        parse: parseUsage,
        check: (usage, bytes) => {
            // Once more, as zero is written with a sign, too.
            const read = JSON.parse(new TextDecoder().decode(bytes));
            const said = JSON.parse(JSON.stringify(read));
            const again = JSON.parse(renderUsage(usage));
            demand(isDeepStrictEqual(again, said), 'another text');
            const sources = said.sources.map(
                (each: (typeof file.sources)[0]) => each.uuid + each.since,
            );
            demand(new Set(sources).size === sources.length, 'one twice');
            for (const { boot } of said.sources) {
                demand(/^[0-9a-f]{8}$/.test(boot), boot);
            }
            const names = said.rules.map((each: typeof used) => each.rule);
            demand(new Set(names).size === names.length, 'a rule twice');
            for (const { rule, count, first, last, seen } of said.rules) {
                demand(/^[!-~]+$/.test(rule), rule);
                for (const number of [
                    count,
                    first,
                    last ?? 0,
                    ...seen.flat(),
                ]) {
                    demand(Number.isSafeInteger(number) && number >= 0, rule);
                }
                demand(count <= 1e12, 'a sum without bound');
                demand(
                    seen.every(([place]: number[]) => sources[place ?? -1]),
                    'counters of nobody',
                );
            }
        },
    });
});
