// Whatever a setting says, nothing of it gets into a configuration but numbers,
// addresses and domains.
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { parseDirective } from '../../dom0/core/directive.ts';
import { mergeSettings } from '../../dom0/core/settings/merge-settings.ts';
import { supportOf } from '../../proxyvm/core/element.ts';
import type { ProxyRecord } from '../../proxyvm/core/proxy-record.ts';
import type { ProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import { parseTinyproxyVersion } from '../../proxyvm/core/tinyproxy-version.ts';
import { renderChangeElements } from '../../proxyvm/render/nft.ts';
import { renderTinyproxy } from '../../proxyvm/render/tinyproxy.ts';
import { filterSchema } from '../../shared/protocol/filter.ts';
import { filterOfHosts } from '../filters.ts';

const lines = [
    ...['!connect-port 443 8443', '!http-port 80', '!http-port none'],
    ...['!upstream http 10.0.0.1:3128', '!upstream none .a.test b.test'],
    ...['!upstream socks5 192.168.1.9:1080 .c.test', '!timeout 30'],
    ...['!max-clients 7', '!log-level warning', '!lan 10.0.0.0/8 22 445'],
    ...['!lan fd00::/8', '!lan 192.168.1.7', '!log-level notice'],
];

const pieces = [
    ...[
        '"',
        "'",
        '\\',
        '\n',
        '\r\n',
        '\r',
        '\0',
        '\t',
        ' ',
        '#',
        ';',
        '{',
        '}',
    ],
    ...[
        '"\nUpstream http 6.6.6.6:1',
        '\nAllow 0.0.0.0/0',
        ' } ; flush ruleset',
    ],
    ...['\u0664\u0664\u0663', '\uff14', '\u2028', '\u202e', 'a'.repeat(70)],
    ...['9'.repeat(400), '0x1bb', '_', '1e3', '-', '+', '.', '0', '\x85', '/'],
    ...[' 1.2.3.4:5', ' x.test', ' 8080', ' none', '%', '`', '$(id)', '[', ']'],
];

const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 9 }) },
);

/** A line as it should be, or with something put into it. */
const line = fc
    .tuple(fc.constantFrom(...lines), fc.option(piece), fc.nat(50))
    .map(([text, put, at]) =>
        put === null
            ? text
            : text.slice(0, at) + put + text.slice(Math.min(at, text.length)),
    );

const number = '[1-9][0-9]*';
const ip4 = '[0-9]{1,3}(?:\\.[0-9]{1,3}){3}';
const paths = {
    filter: '/run/filter',
    refused: '/run/refused.html',
    failed: '/run/failed.html',
    log: '/run/log',
};
const configLines = new RegExp(
    [
        '# Written by qubes-filterproxy for work; changes are overwritten\\.',
        `(?:Port|ConnectPort|Timeout|MaxClients) ${number}`,
        'Allow 10\\.137\\.0\\.5',
        `Upstream (?:http|socks5) ${ip4}:${number}(?: "[a-z0-9.-]+")?`,
        'Upstream none "[a-z0-9.-]+"',
        'FilterDefaultDeny Yes|FilterType ere|FilterURLs On',
        'Filter "/run/filter"',
        '(?:ErrorFile 403|DefaultErrorFile) "/run/(?:refused|failed)\\.html"',
        'LogLevel (?:Notice|Warning)|DisableViaHeader Yes',
        '# It cannot be switched off: a name that nobody can guess\\.',
        'StatHost "secret\\.invalid"',
    ]
        .map((each) => `^(?:${each})$`)
        .join('|'),
);
const nftLine =
    /^add element inet qubes-filterproxy [a-z0-9]+ \{ [0-9a-f.:/, ]+ \}$/;

test('no value of a setting gets a line into tinyproxy, its filter or nft', () => {
    const version = parseTinyproxyVersion('tinyproxy 1.11.1');
    let accepted = 0;
    fc.assert(
        fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
            const parsed = lines.flatMap((each, index) => {
                const directive = parseDirective(each);
                return directive.ok && directive.value.kind === 'setting'
                    ? [
                          {
                              ...directive.value.setting,
                              file: 'qubes/work.rules',
                              line: index + 1,
                          },
                      ]
                    : [];
            });
            const settings = mergeSettings([], parsed);
            if (!settings.ok || !version.ok || parsed.length === 0) {
                return;
            }
            accepted += 1;
            const filter = filterOfHosts(['a.test'], settings.value);
            expect(v.safeParse(filterSchema, filter).issues).toBeUndefined();
            const record = {
                name: 'work',
                uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
                ip4: { client: '10.137.0.5', gateway: '10.137.0.4' },
                ip6: null,
                filter,
                generation: 1,
            } as unknown as ProxyRecord;
            const uid = 60_706 as ProxyUid;
            const files = renderTinyproxy(
                uid,
                record,
                version.value,
                paths,
                'secret',
            );
            for (const each of files.config.trimEnd().split('\n')) {
                expect(each).toMatch(configLines);
            }
            expect(files.filter).toMatch(/^\\`a\\\.test(:\[0-9\]\+)?\\'\n$/);
            const nft = renderChangeElements([], supportOf(uid, record));
            for (const each of nft.trimEnd().split('\n')) {
                expect(each).toMatch(nftLine);
            }
        }),
        { seed: 20261128, numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(2000);
});
