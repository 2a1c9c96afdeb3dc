// Settings as directives say them, and what they make together.
import { describe, expect, test } from 'vitest';
import { parseDirective } from '../../dom0/core/directive.ts';
import { parseRuleText } from '../../dom0/core/rule-file.ts';
import {
    countsUsage,
    defaultSettings,
} from '../../dom0/core/settings/filter-settings.ts';
import { mergeSettings } from '../../dom0/core/settings/merge-settings.ts';
import { settingsIn } from '../../dom0/core/settings/setting.ts';

function setting(line: string) {
    const parsed = parseDirective(line);
    return parsed.ok && parsed.value.kind === 'setting'
        ? parsed.value.setting
        : expect.fail(JSON.stringify(parsed));
}

describe('a setting', () => {
    test.each<[string, object]>([
        ['!connect-port 443 8443', { ports: [443, 8443] }],
        ['!http-port 80 # the usual one', { ports: [80] }],
        ['!http-port none', { ports: [] }],
        ['!timeout 30', { seconds: 30 }],
        ['!max-clients 5', { clients: 5 }],
        ['!log-level warning', { record: 'nothing' }],
        ['!log-level notice', { record: 'refused' }],
        ['!usage on', { isOn: true }],
        ['!usage off', { isOn: false }],
        ['!lan none', { network: null, ports: [] }],
        ['!lan 192.168.1.7/32', { network: '192.168.1.7', ports: [] }],
        [
            '!lan\t10.1.0.0/16 445 22',
            { network: '10.1.0.0/16', ports: [445, 22] },
        ],
        ['!lan FD00::/16', { network: 'fd00::/16' }],
        ['!upstream none', { route: { kind: 'none' }, domains: [] }],
        [
            '!upstream http 10.0.0.1:3128',
            {
                route: { kind: 'http', address: '10.0.0.1', port: 3128 },
                domains: [],
            },
        ],
        [
            '!upstream socks5 10.0.0.1:1080 .Example.org host.test',
            {
                route: { kind: 'socks5', address: '10.0.0.1', port: 1080 },
                domains: ['.example.org', 'host.test'],
            },
        ],
    ])('is read: %s', (line, expected) => {
        expect(setting(line)).toMatchObject(expected);
    });

    test.each<[string, number, string]>([
        ['!connect-port', 0, 'a port is missing'],
        ['!connect-port 443 0', 18, 'a number from 1 to 65535'],
        ['!connect-port 443 65536', 18, 'a number from 1 to 65535'],
        ['!connect-port 443 0443', 18, 'a number from 1 to 65535'],
        ['!connect-port 443 4e2', 18, 'a number from 1 to 65535'],
        ['!connect-port 443 \u0664', 18, 'a number from 1 to 65535'],
        ['!connect-port 443 443', 18, 'twice'],
        ['!connect-port none', 14, 'a number from 1 to 65535'],
        ['!http-port none 80', 11, 'a number from 1 to 65535'],
        ['!timeout 0', 9, 'from 1 to 86400'],
        ['!timeout -1', 9, 'from 1 to 86400'],
        ['!timeout 30 40', 12, 'exactly one'],
        ['!max-clients 1025', 13, 'from 1 to 1024'],
        ['!log-level connect', 11, 'notice'],
        ['!log-level toString', 11, 'notice'],
        ['!usage', 0, 'on or off'],
        ['!usage yes', 7, 'on or off'],
        ['!usage on off', 10, 'on or off'],
        ['!lan', 0, 'a network'],
        ['!lan 192.168.1.1/24', 5, 'a host part'],
        ['!lan 8.8.8.8', 5, 'not a private network'],
        ['!lan 0.0.0.0/1', 5, 'not a private network'],
        ['!lan 127.0.0.0/8', 5, 'not a private network'],
        ['!lan 169.254.0.0/16', 5, 'not a private network'],
        ['!lan ::1', 5, 'not a private network'],
        ['!lan 10.137.0.0/24', 5, 'the addresses of qubes'],
        ['!lan fd09:24ef:4179::a89:5', 5, 'the addresses of qubes'],
        ['!lan 10.0.0.0/8/8', 5, 'neither an address'],
        ['!lan 10.0.0.0/0', 5, 'from 1 to 32'],
        ['!upstream', 0, 'http, socks5 or none'],
        ['!upstream socks4 10.0.0.1:1', 10, 'http, socks5 or none'],
        ['!upstream http', 0, 'ADDRESS:PORT'],
        ['!upstream http proxy.corp:3128', 15, 'getent ahostsv4'],
        ['!upstream http [fd00::1]:3128', 15, 'IPv4'],
        ['!upstream http 10.0.0.1', 15, 'IPv4'],
        ['!upstream http 127.0.0.1:3128', 15, 'no other machine'],
        ['!upstream http 10.0.0.1:0', 24, 'a number from 1 to 65535'],
        ['!upstream http u:p@10.0.0.1:3128', 15, 'IPv4'],
        ['!upstream none "a"', 15, 'neither a host'],
        ['!upstream none *.a.test', 15, 'neither a host'],
        ['!upstream none 10.0.0.1', 15, 'neither a host'],
        ['!upstream none a..b', 15, 'neither a host'],
        ['!upstream none .', 15, 'neither a host'],
        [`!upstream none ${'a'.repeat(64)}.b`, 15, 'neither a host'],
        ['!Timeout 5', 0, 'no such directive'],
        ['!constructor 5', 0, 'no such directive'],
    ])('is refused with its place: %s', (line, column, words) => {
        const parsed = parseDirective(line);
        expect(parsed).toEqual({
            ok: false,
            error: { message: expect.stringContaining(words), column },
        });
    });
});

function placed(path: string, text: string) {
    const file = parseRuleText(path, text);
    return file.ok
        ? settingsIn(path, file.value)
        : expect.fail(JSON.stringify(file.error));
}

/** What a qube has, by its own lines and those of its ProxyVM. */
function merged(own: string, proxyvm = '') {
    return mergeSettings(
        placed('proxies/sys-filter.conf', proxyvm),
        placed('qubes/work.rules', own),
    );
}

function settings(own: string, proxyvm?: string) {
    const found = merged(own, proxyvm);
    return found.ok ? found.value : expect.fail(JSON.stringify(found.error));
}

function problems(own: string, proxyvm?: string): string[] {
    const found = merged(own, proxyvm);
    return found.ok
        ? []
        : found.error.map(
              ({ file, line, message }) => `${file}:${line}: ${message}`,
          );
}

describe('the settings of a qube', () => {
    test('are the defaults without any', () => {
        expect(settings('')).toEqual(defaultSettings);
    });

    test('are its own before those of its ProxyVM', () => {
        expect(
            settings(
                '!timeout 5\n!lan 10.1.0.0/16\n!http-port none',
                '!timeout 9\n!max-clients 7\n!lan 192.168.0.0/16\n!log-level warning\n!http-port 8080\n!connect-port 8443',
            ),
        ).toEqual({
            ...defaultSettings,
            timeoutSeconds: 5,
            maxClients: 7,
            record: 'nothing',
            httpPorts: [],
            connectPorts: [8443],
            privateDestinations: [{ network: '10.1.0.0/16', ports: [8443] }],
        });
    });

    test('close by !lan none what the ProxyVM opens', () => {
        expect(settings('!lan none', '!lan 10.1.0.0/16')).toEqual(
            defaultSettings,
        );
    });

    const [http, socks5] = ['10.0.0.1', '10.0.0.2'].map((address, index) => ({
        kind: index === 0 ? 'http' : 'socks5',
        address,
        port: 3128,
    }));

    test('have of upstreams the own one for each domain', () => {
        const own =
            '!upstream socks5 10.0.0.2:3128 .a.test\n!upstream none b.test';
        const proxyvm =
            '!upstream http 10.0.0.1:3128 .a.test\n!upstream http 10.0.0.1:3128 b.test\n!upstream http 10.0.0.1:3128\n!http-port none';
        expect(settings(own, proxyvm).upstreams).toEqual([
            { ...http, domain: null },
            { ...socks5, domain: '.a.test' },
            { kind: 'none', domain: 'b.test' },
        ]);
    });

    test('leave the way of the ProxyVM by !upstream none', () => {
        const proxyvm = '!upstream http 10.0.0.1:3128\n!upstream none .a.test';
        expect(settings('!upstream none', proxyvm)).toEqual(defaultSettings);
    });

    test('have no plain HTTP with an HTTP proxy, for some hosts or all', () => {
        const domains = ['', ' .a.test'];
        for (const domain of domains) {
            const own = `!upstream http 10.0.0.1:3128${domain}`;
            expect(settings(own).httpPorts).toEqual([]);
        }
        expect(settings('!upstream socks5 10.0.0.2:1080').httpPorts).toEqual([
            80,
        ]);
    });

    test.each<[string, string, string, string[]]>([
        [
            'a setting twice',
            '!timeout 5\n\n!timeout 5',
            '',
            ['qubes/work.rules:3: !timeout stands in line 1'],
        ],
        [
            'a domain twice',
            '',
            '!upstream none .a.test\n!upstream socks5 10.0.0.1:1 b.test .a.test',
            [
                'proxies/sys-filter.conf:2: for the same hosts an upstream is given in line 1',
            ],
        ],
        [
            'networks that overlap',
            '!lan 10.0.0.0/8 443\n!lan 10.1.0.0/16',
            '',
            [
                'qubes/work.rules:2: 10.1.0.0/16 is opened, or closed, already in line 1',
            ],
        ],
        [
            'plain HTTP with an HTTP proxy',
            '!http-port 80',
            '!upstream http 10.0.0.1:3128',
            [
                'qubes/work.rules:1: with the upstream http of proxies/sys-filter.conf:1 plain HTTP is closed, since it could not be kept to the rules; remove this line, or use socks5',
            ],
        ],
        [
            'a network where all goes through a proxy',
            '!lan 10.0.0.0/8',
            '!upstream socks5 10.0.0.1:1080',
            [
                'qubes/work.rules:1: all hosts are reached through the upstream of proxies/sys-filter.conf:1; to reach some without: !upstream none DOMAIN',
            ],
        ],
    ])('have an error with both places for %s', (_, own, proxyvm, expected) => {
        expect(problems(own, proxyvm)).toEqual(expected);
    });

    test.each<[string, string, string, boolean]>([
        ['', '', '', false],
        ['', '', '!usage on', true],
        ['!usage off', '', '!usage on', false],
        ['', '!usage off', '!usage on', false],
        ['!usage off', '!usage on', '', false],
        ['!usage on', '!usage off', '!usage off', true],
        ['!log-level warning\n!usage on', '', '', true],
    ])(
        'have uses counted as its file, its tag, its ProxyVM say: %j %j %j: %s',
        (own, tag, proxyvm, isCounted) => {
            const merged = mergeSettings(
                placed('proxies/sys-filter.conf', proxyvm),
                [
                    ...placed('qubes/work.rules', own),
                    ...placed('tags/red.rules', tag),
                ],
            );
            expect(merged).toMatchObject({ ok: true });
            expect(merged.ok && countsUsage(merged.value)).toBe(isCounted);
        },
    );

    test('have uses counted when one of two tags says so', () => {
        const tags = ['blue', 'red'].flatMap((tag, index) =>
            placed(`tags/${tag}.rules`, `!usage ${index === 0 ? 'off' : 'on'}`),
        );
        expect(mergeSettings([], tags)).toMatchObject({
            value: { record: 'all' },
        });
    });

    test('may open one network at different ports', () => {
        const own = '!lan 10.0.0.0/8 22\n!lan 10.0.0.0/8 443';
        expect(problems(own)).toEqual([]);
    });

    test('are at most as many as the protocol takes', () => {
        const lines = Array.from(
            { length: 65 },
            (_, index) => `!lan 10.0.${index}.0/24`,
        );
        expect(problems(lines.join('\n'))).toEqual([
            'qubes/work.rules:1: more than 64 of !lan for one qube',
        ]);
    });
});
