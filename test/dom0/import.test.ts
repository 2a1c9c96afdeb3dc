// What is read of lists and of the old guide's files.
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { readDomainList } from '../../dom0/core/import/domain-list.ts';
import { parseOldConfig } from '../../dom0/core/import/old-config.ts';
import { toExtended } from '../../dom0/core/import/old-expression.ts';
import {
    convertOldFilter,
    parseOldFilterName,
} from '../../dom0/core/import/old-filter.ts';
import { Random } from '../pattern/random.ts';

describe('a list of domains', () => {
    test.each<[string, string[]]>([
        ['0.0.0.0 ads.example.com', ['^ads\\.example\\.com$']],
        [
            '127.0.0.1\tA.Example.com b.example.com # both',
            ['^a\\.example\\.com$', '^b\\.example\\.com$'],
        ],
        ['::1 ads.example.com', ['^ads\\.example\\.com$']],
        ['ads.example.com', ['(^|\\.)ads\\.example\\.com$']],
        ['ads.example.com.', ['(^|\\.)ads\\.example\\.com$']],
        ['*.ads.example.com', ['\\.ads\\.example\\.com$']],
        ['||ads.example.com^', ['(^|\\.)ads\\.example\\.com$']],
        ['xn--bcher-kva.example', ['(^|\\.)xn--bcher-kva\\.example$']],
        ['127.0.0.1 localhost localhost.localdomain', []],
        ['::1 ip6-localhost ip6-loopback', []],
        ['# a remark', []],
        ['! a remark of an ad blocker', []],
        ['[Adblock Plus 2.0]', []],
        ['', []],
    ])('has %j as %j', (line, expressions) => {
        expect(readDomainList(`${line}\r\n`)).toEqual({
            expressions,
            skipped: [],
        });
    });

    test.each([
        '8.8.8.8 ads.example.com',
        '10.0.0.1',
        '||ads.example.com^$third-party',
        'example.com/path',
        'https://example.com',
        'localdomain',
        'bücher.example',
        '-a.example.com',
        'a..example.com',
        `${'a'.repeat(64)}.example.com`,
        '/ads[0-9]+/',
        'ads.example.com other.example.com',
        '(.*)',
    ])('leaves %j out, and says so', (line) => {
        const { expressions, skipped } = readDomainList(`a.test\n${line}\n`);
        expect(expressions).toEqual(['(^|\\.)a\\.test$']);
        expect(skipped.map((each) => each.line)).toEqual([2]);
    });

    test('names each host once', () => {
        const { expressions } = readDomainList(
            '0.0.0.0 a.test\n0.0.0.0 A.test\n',
        );
        expect(expressions).toEqual(['^a\\.test$']);
    });
});

describe('a file of the old guide', () => {
    test.each<[string, [string, string] | null]>([
        ['social.10.137.2.13', ['social', '10.137.2.13']],
        ['my.work.10.137.0.5', ['my.work', '10.137.0.5']],
        ['config', null],
        ['proxyctl.py', null],
        ['10.137.0.5', null],
        ['.10.137.0.5', null],
        ['work.10.137.0.256', null],
        ['work.10.137.0.5~', null],
    ])('is known by its name, %s', (name, parts) => {
        const read = parseOldFilterName(name);
        expect(read && [read.untrusted_name, read.address]).toEqual(parts);
    });

    test('keeps its lines, and what tinyproxy ignores becomes a remark', () => {
        const text =
            '# social\n\n google\\.com$\nfacebook\\.com$ # friends\r\nb\\.org$#c\nx\\.org$ y\\.org$\n';
        expect(convertOldFilter(text, 'ere')).toEqual({
            text: '# social\n\ngoogle\\.com$\nfacebook\\.com$  # friends\nb\\.org$  #c\nx\\.org$  #y\\.org$\n',
            problems: [],
        });
    });
});

test('a file of the old guide has no directives', () => {
    expect(convertOldFilter('!default allow\n ^a$\n', 'ere')).toEqual({
        text: '# !default allow\n^a$\n',
        problems: [{ line: 1, message: '"!" is in no host name' }],
    });
});

describe('an expression of the old guide', () => {
    test.each<[string, string]>([
        ['^a\\.test$', '^a\\.test$'],
        ['^\\(a\\|b\\)\\.test$', '^(a|b)\\.test$'],
        ['^a\\{2,3\\}$', '^a{2,3}$'],
        ['^a\\+b\\?$', '^a+b?$'],
        ['^a+(b)$', '^a\\+\\(b\\)$'],
        ['[a|b(]', '[a|b(]'],
        ['[]+]', '[]+]'],
        ['[[:alpha:]+]x', '[[:alpha:]+]x'],
    ])('that is basic, %s, is %s', (basic, extended) => {
        expect(toExtended(basic, 'bre')).toEqual({ ok: true, value: extended });
    });

    test.each(['*a', '^*a', 'a^b', 'a$b', '\\(*a\\)'])(
        'that is basic, %s, is left to the user',
        (basic) => {
            expect(toExtended(basic, 'bre').ok).toBe(false);
        },
    );

    test.each<[string, string]>([
        ['*.example.com', '^.*\\.example\\.com$'],
        ['a?.example.com', '^a.\\.example\\.com$'],
    ])('that is a shell pattern, %s, is %s', (pattern, extended) => {
        expect(toExtended(pattern, 'fnmatch')).toEqual({
            ok: true,
            value: extended,
        });
    });
});

describe('the template of the old guide', () => {
    const template = `User tinyproxy
Port {port}
Listen {bind_ip}
Timeout 300
LogFile "{log_file}"
LogLevel Connect
MaxClients 100
Allow {vm_ip}
Filter "{rules_file}"
FilterExtended On
FilterDefaultDeny Yes
ConnectPort 443
connectport 8443
Upstream http proxy.corp.example:3128
upstream none ".intern.example"
AddHeader "X-My-Header" "Powered by Tinyproxy"
`;

    test('becomes settings, and what has no place is named', () => {
        expect(parseOldConfig(template)).toEqual({
            ok: true,
            value: {
                filterType: 'ere',
                default: 'deny',
                settings: [
                    '!connect-port 443 8443',
                    '!timeout 300',
                    '!max-clients 100',
                    '!upstream http proxy.corp.example:3128',
                    '!upstream none .intern.example',
                ],
                notes: [
                    expect.objectContaining({ line: 6 }),
                    expect.objectContaining({
                        line: 16,
                        message: 'it has no place here',
                    }),
                ],
            },
        });
    });

    test('without FilterExtended has basic expressions, and blocks by them', () => {
        const config = parseOldConfig('ConnectPort 443\n');
        expect(config.ok && config.value).toMatchObject({
            filterType: 'bre',
            default: 'allow',
            settings: [],
        });
    });
});

test('an expression that is written anew matches what grep says it did', async () => {
    const random = new Random(20261128);
    const atoms = [
        ...['a', 'b', '.', '\\.', '[ab]', '[^a]', '[+(]', '+', '?', '|', '{'],
        ...['\\(a\\)', '\\(a\\|b\\)', 'a\\+', 'b\\?', 'a\\{2\\}', 'a*', '()'],
    ];
    const hosts = Array.from({ length: 60 }, () =>
        random.several(1, 5, () => random.oneOf([...'aab.+?|({)'])).join(''),
    );
    const input = hosts.map((host) => `${host}\n`).join('');
    const found = async (flag: string, expression: string) =>
        (
            await execa('grep', [flag, '-n', '-e', expression], {
                input,
                reject: false,
                env: { LC_ALL: 'C' },
            })
        ).stdout;
    for (let count = 0; count < 150; count += 1) {
        const basic = [
            random.oneOf(['', '^']),
            ...random.several(1, 4, () => random.oneOf(atoms)),
            random.oneOf(['', '$']),
        ].join('');
        const extended = toExtended(basic, 'bre');
        if (extended.ok) {
            expect([basic, await found('-E', extended.value)]).toEqual([
                basic,
                await found('-G', basic),
            ]);
        }
    }
});
