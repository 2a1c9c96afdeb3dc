import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProxyRecord } from '../../proxyvm/core/proxy-record.ts';
import {
    allProxyUids,
    type ProxyUid,
    parseProxyUid,
    portOf,
    uidOfPort,
} from '../../proxyvm/core/proxy-uid.ts';
import { parseTinyproxyVersion } from '../../proxyvm/core/tinyproxy-version.ts';
import {
    renderChangeElements,
    renderInsertInputRule,
} from '../../proxyvm/render/nft.ts';
import { renderTinyproxy } from '../../proxyvm/render/tinyproxy.ts';
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import type { Domain } from '../../shared/domain/domain-name.ts';
import type { Network } from '../../shared/domain/network.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import {
    type ConfinedLine,
    maxPatternBytes,
    oddNameLines,
    parseConfinedLine,
} from '../../shared/pattern/index.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { filterOfHosts } from '../filters.ts';

const unitFile = join(
    import.meta.dirname,
    '../../proxyvm/systemd/qubes-filterproxy@.service',
);

const record: ProxyRecord = {
    name: 'work' as QubeName,
    uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e' as Uuid,
    ip4: { client: '10.137.0.5' as Ip4, gateway: '10.137.0.4' as Ip4 },
    ip6: { client: 'fd09::5' as Ip6, gateway: 'fd09::4' as Ip6 },
    filter: filterOfHosts(['a.test', 'b.test'], { connectPorts: [443, 8443] }),
    generation: 1,
};

const uid = 60_707 as ProxyUid;

const paths = {
    filter: '/run/filter',
    refused: '/run/refused.html',
    failed: '/run/failed.html',
    log: '/run/log',
};

function version(text: string) {
    const result = parseTinyproxyVersion(`tinyproxy ${text}\n`);
    if (!result.ok) {
        throw new Error(result.error);
    }
    return result.value;
}

describe('the configuration of a proxy', () => {
    test('denies by default and admits its client only', () => {
        const files = renderTinyproxy(
            uid,
            record,
            version('1.11.2'),
            paths,
            'secret',
        );
        expect(files.config).toBe(`\
# Written by qubes-filterproxy for work; changes are overwritten.
Port 8102
Allow 10.137.0.5
Allow fd09::5
ConnectPort 443
ConnectPort 8443
FilterDefaultDeny Yes
FilterType ere
Filter "/run/filter"
Timeout 600
MaxClients 512
LogLevel Notice
DisableViaHeader Yes
ErrorFile 403 "/run/refused.html"
DefaultErrorFile "/run/failed.html"
# It cannot be switched off: a name that nobody can guess.
StatHost "secret.invalid"
`);
        expect(files.environment).toBe('DATA_LIMIT=393216\n');
        expect(files.filter).toBe("\\`a\\.test\\'\n\\`b\\.test\\'\n");
    });

    test('with a block list refuses what is no plain host name, too', () => {
        const filter = filterOfHosts(['ads.test'], { default: 'allow' });
        const files = renderTinyproxy(
            uid,
            { ...record, filter },
            version('1.11.2'),
            paths,
            'secret',
        );
        expect(files.config).toContain('FilterDefaultDeny No\n');
        expect(files.environment).toBe('DATA_LIMIT=unlimited\nLOCALDOMAIN=.\n');
        expect(files.filter.split('\n')).toEqual([
            ...oddNameLines,
            "\\`ads\\.test\\'",
            '',
        ]);
    });

    test('with an empty block list still does', () => {
        const filter = filterOfHosts([], { default: 'allow' });
        const files = renderTinyproxy(
            uid,
            { ...record, filter },
            version('1.11.1'),
            paths,
            'secret',
        );
        expect(files.filter.split('\n')).toEqual([...oddNameLines, '']);
    });

    function rendered(change: Partial<Filter>) {
        const filter = { ...record.filter, ...change };
        const changed = { ...record, filter };
        return renderTinyproxy(
            uid,
            changed,
            version('1.11.1'),
            paths,
            'secret',
        );
    }

    test('has memory for the stacks of as many connections as it may have', () => {
        const { environment } = rendered({ maxClients: 1024 });
        expect(environment).toBe('DATA_LIMIT=524288\n');
        // It comes before the kernel, which would end all connections.
        const unit = readFileSync(unitFile, 'utf8');
        const memoryMax = Number(/^MemoryMax=(\d+)M$/m.exec(unit)?.[1]);
        expect(memoryMax * 1024).toBeGreaterThanOrEqual(524288 + 128 * 1024);
    });

    test('has its upstreams in an order in which tinyproxy finds the right one', () => {
        const address = '10.0.0.1' as Ip4;
        const via = { kind: 'socks5', address, port: 1080 } as const;
        const { config } = rendered({
            upstreams: [
                { ...via, domain: 'b.a.test' as Domain },
                { kind: 'none', domain: '.b.a.test' as Domain },
                { ...via, domain: null },
                { ...via, port: 1081, domain: '.a.test' as Domain },
            ],
        });
        expect(config.split('\n').filter((each) => /^Up/.test(each))).toEqual([
            'Upstream socks5 10.0.0.1:1080',
            'Upstream socks5 10.0.0.1:1081 ".a.test"',
            'Upstream socks5 10.0.0.1:1081 "a.test"',
            'Upstream none ".b.a.test"',
            'Upstream none "b.a.test"',
            'Upstream socks5 10.0.0.1:1080 "b.a.test"',
        ]);
    });

    test('without plain HTTP matches the targets of CONNECT', () => {
        const lines = ["\\`fd00::1\\'", "\\`(a|b)\\.test\\'"] as ConfinedLine[];
        const { config, filter } = rendered({ httpPorts: [], lines });
        expect(config).toContain('Filter "/run/filter"\nFilterURLs On\n');
        expect(filter).toBe(
            "\\`\\[fd00::1]:[0-9]+\\'\n\\`(a|b)\\.test:[0-9]+\\'\n",
        );
    });

    test('has no line that tinyproxy would cut, however long a rule is', () => {
        const host = 'a'.repeat(maxPatternBytes - 4);
        const line = `\\\`${host}\\'`;
        expect(parseConfinedLine(line).ok).toBe(true);
        expect(parseConfinedLine(`\\\`${host}a\\'`).ok).toBe(false);
        const lines = [line] as ConfinedLine[];
        const { filter } = rendered({ httpPorts: [], lines });
        expect(filter.trimEnd().length).toBeLessThanOrEqual(511);
    });

    test('takes tunnels to the ports of private networks, but to none for an upstream', () => {
        const network = '10.0.0.0/8' as Network;
        const privateDestinations = [{ network, ports: [22, 443] }];
        const ports = (change: Partial<Filter>) =>
            [...rendered(change).config.matchAll(/^ConnectPort (.*)$/gm)].map(
                ([, port]) => port,
            );
        expect(ports({ privateDestinations })).toEqual(['443', '8443', '22']);
        const upstream = {
            kind: 'socks5',
            address: '10.0.0.1' as Ip4,
            port: 1080,
            domain: '.a.test' as Domain,
        } as const;
        const both = { privateDestinations, upstreams: [upstream] };
        expect(ports(both)).toEqual(['443', '8443']);
    });

    test('says how much of it is logged, and when it gives up', () => {
        const { config } = rendered({
            record: 'nothing',
            timeoutSeconds: 5,
            maxClients: 7,
        });
        expect(config).toContain('Timeout 5\nMaxClients 7\nLogLevel Warning\n');
    });

    test('that records all logs it to a file of bounded size', () => {
        const { config, environment } = rendered({ record: 'all' });
        expect(config).toContain('LogLevel Connect\nLogFile "/run/log"\n');
        expect(environment).toBe('DATA_LIMIT=393216\nLOG_LIMIT=16384\n');
    });

    test('leaves half of the IPv6 address of a client of 1.11.1 to nftables', () => {
        const { config } = renderTinyproxy(
            uid,
            record,
            version('1.11.1'),
            paths,
            'secret',
        );
        expect(config).toContain('Allow 10.137.0.5\nAllow fd09::5/64\n');
    });
});

describe('the version of tinyproxy', () => {
    const remedy =
        'install tinyproxy 1.11.1 or later in the template of this qube';

    test('is not cut out of a longer number', () => {
        expect(parseTinyproxyVersion('tinyproxy 1.11.1234\n').ok).toBe(false);
        expect(version('1.11.2-rc1').text).toBe('1.11.2');
    });

    test.each(['1.11.1', '1.11.2', '1.11.3', '1.12.0', '2.0.0'])(
        'may be %s',
        (text) => {
            expect(version(text).text).toBe(text);
        },
    );

    test('is its number, whatever a build between releases adds', () => {
        expect(version('1.11.3-11-git-364cdb6').text).toBe('1.11.3');
    });

    test.each(['1.11.0', '1.10.0', '0.99.99'])('is too old at %s', (text) => {
        expect(parseTinyproxyVersion(`tinyproxy ${text}`)).toEqual({
            ok: false,
            error: `tinyproxy ${text} is too old: ${remedy}`,
        });
    });

    test('is not read from anything else', () => {
        expect(parseTinyproxyVersion('command not found\x1b[m')).toEqual({
            ok: false,
            error: `"tinyproxy -v" says no version but "command not found_[m": ${remedy}`,
        });
    });
});

describe('a user id of a proxy', () => {
    test('has a port of its own, there and back', () => {
        const ports = allProxyUids().map(portOf);
        expect(new Set(ports).size).toBe(478);
        expect(ports.map(uidOfPort)).toEqual(allProxyUids());
    });

    test.each(['', '0', '60705', '61184', '060706', '60706 ', '1e5'])(
        'is not %j',
        (text) => {
            expect(parseProxyUid(text)).toBeNull();
        },
    );
});

describe('nft text', () => {
    test('swaps a door in one transaction', () => {
        const door = {
            set: 'door4' as const,
            key: ['vif12.0', '10.137.0.5', '10.137.0.4'],
        };
        const text = renderChangeElements(
            [{ ...door, value: 8101 }],
            [
                { ...door, value: 8102 },
                { set: 'permit', key: [60_707, 443], value: null },
            ],
        );
        expect(text).toBe(
            'delete element inet qubes-filterproxy door4 ' +
                '{ "vif12.0" . 10.137.0.5 . 10.137.0.4 }\n' +
                'add element inet qubes-filterproxy door4 ' +
                '{ "vif12.0" . 10.137.0.5 . 10.137.0.4 : 8102 }\n' +
                'add element inet qubes-filterproxy permit { 60707 . 443 }\n',
        );
    });

    test('puts our rule first and takes away older ones of ours', () => {
        expect(renderInsertInputRule('ip', [7, 9])).toBe(
            'delete rule ip qubes custom-input handle 7\n' +
                'delete rule ip qubes custom-input handle 9\n' +
                'insert rule ip qubes custom-input iifgroup 2' +
                ' tcp dport 8101-8578' +
                ' ct status dnat ct original proto-dst 8100 accept' +
                ' comment "qubes-filterproxy"\n',
        );
    });
});
