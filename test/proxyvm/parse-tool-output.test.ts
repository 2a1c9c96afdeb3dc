import { describe, expect, test } from 'vitest';
import { parseDevices } from '../../proxyvm/core/parse-devices.ts';
import { parseListeners } from '../../proxyvm/core/parse-listeners.ts';
import { parseQubesTable } from '../../proxyvm/core/parse-qubes-table.ts';
import { parseResolvers } from '../../proxyvm/core/parse-resolvers.ts';
import { parseSockets } from '../../proxyvm/core/parse-sockets.ts';
import { parseTable } from '../../proxyvm/core/parse-table.ts';
import { parseUnits } from '../../proxyvm/core/parse-units.ts';
import { AgentFailure } from '../../proxyvm/failure.ts';
import { observeTable } from '../../proxyvm/observe/nft.ts';
import { observeUnits } from '../../proxyvm/observe/units.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { captured } from './captured.ts';

describe('what nft prints', () => {
    test('of our table is its elements and the rest of it', () => {
        const table = parseTable(captured('nft-table.json'));
        expect(table).toMatchObject({ ok: true });
        const { elements, listing } = table.ok ? table.value : raise();
        expect(elements).toContainEqual({
            set: 'door6',
            key: ['vif5.0', 'fd09:24ef:4179::a89:5', 'fd09:24ef:4179::a89:4'],
            value: 8101,
        });
        expect(elements).toContainEqual({
            set: 'resolver4',
            key: ['10.139.1.1'],
            value: null,
        });
        expect(listing).toContain('192.168.0.0');
        expect(listing).not.toContain('10.139.1.1');
    });

    const strange = [
        '{"elem": {"val": "10.139.1.3", "comment": "mine"}}',
        '"10.139.1.3 }; flush ruleset; "',
        '{"prefix": {"addr": "10.139.0.0", "len": 16}}',
        '{"concat": ["10.139.1.3", -1]}',
        '["10.139.1.3", 8101, 8102]',
    ];

    test.each(strange)(
        'of our table with %s in it is not our table',
        (each) => {
            const { elements, listing } = tableWith('"10.139.1.1"');
            const other = tableWith(`"10.139.1.1", ${each}`);
            expect(other.elements).toEqual(elements);
            expect(other.listing).not.toBe(listing);
        },
    );

    test('of doors that go after a while is the same, with what is left', () => {
        const addresses = { concat: ['10.137.0.5', '10.137.0.4'] };
        const elem = [[{ elem: { val: addresses, expires: 119 } }, 8101]];
        const map = { name: 'starting4', flags: ['timeout'], timeout: 120 };
        const listed = (more: object) =>
            parseTable(
                Buffer.from(JSON.stringify({ nftables: [{ map: more }] })),
            );
        expect(listed({ ...map, elem })).toMatchObject({
            value: {
                elements: [
                    {
                        set: 'starting4',
                        key: ['10.137.0.5', '10.137.0.4'],
                        value: 8101,
                    },
                ],
            },
        });
        const listing = (more: object) => {
            const table = listed(more);
            return table.ok ? table.value.listing : '';
        };
        expect(listing({ ...map, elem })).toBe(listing(map));
        // One that another timeout was given to is none of ours.
        expect(listing({ ...map, timeout: 60 })).not.toBe(listing(map));
    });

    test('of a table that somebody put back is not the one that was loaded', () => {
        const listing = (handle: number) => {
            const table = { family: 'inet', name: 'qubes-filterproxy', handle };
            const bytes = Buffer.from(
                JSON.stringify({ nftables: [{ table }] }),
            );
            const parsed = parseTable(bytes);
            return parsed.ok ? parsed.value.listing : raise();
        };
        expect(listing(4)).toBe(listing(4));
        expect(listing(5)).not.toBe(listing(4));
    });

    test('is refused when it is nested without end', () => {
        const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
        const json = `{"nftables": [{"set": {"name": "x", "a": ${deep}}}]}`;
        for (const parse of [parseTable, parseQubesTable]) {
            expect(parse(Buffer.from(json))).toEqual({
                ok: false,
                error: 'it is nested in more than 64 levels',
            });
        }
    });

    test.each(['-1', '0', '1.5', '1e400'])('has no rule %s', (handle) => {
        const rule = `{"chain": "custom-input", "handle": ${handle}}`;
        const json = `{"nftables": [{"rule": ${rule}}]}`;
        expect(parseQubesTable(Buffer.from(json)).ok).toBe(false);
    });

    test("of Qubes' table is our rule among the user's, and who is attached", () => {
        const table = parseQubesTable(captured('nft-qubes-table.json'));
        expect(table).toMatchObject({
            ok: true,
            value: {
                inputRule: {
                    handles: [expect.any(Number)],
                    listing: expect.stringContaining('8100'),
                },
                attached: [
                    { vif: 'vif5.0', address: '10.137.0.5' },
                    { vif: 'vif6.0', address: '10.137.0.6' },
                ],
            },
        });
    });
});

test('what systemctl prints is who runs and who drains', () => {
    expect(parseUnits(captured('systemctl-units.json'))).toEqual({
        ok: true,
        value: {
            alive: new Set([60_706, 60_707, 60_708]),
            known: new Set([60_706, 60_707, 60_708]),
            draining: new Set([60_708]),
            timers: new Map(),
            followsResolvers: true,
        },
    });
});

test('what systemctl prints is for when timers of deadlines are set', () => {
    // systemd 252, without the units beside it.
    const listing = [
        {
            unit: 'qubes-filterproxy-expiry-60706-1795837749.timer',
            load: 'loaded',
            active: 'active',
            sub: 'waiting',
            description: 'The end of a filter by its time (user id 60706)',
        },
        {
            unit: 'qubes-filterproxy-expiry-60706-1795837700.timer',
            load: 'loaded',
            active: 'inactive',
            sub: 'dead',
            description: 'The end of a filter by its time (user id 60706)',
        },
    ];
    const parsed = parseUnits(Buffer.from(JSON.stringify(listing)));
    expect(parsed).toMatchObject({
        ok: true,
        value: { timers: new Map([[60_706, [1_795_837_749]]]) },
    });
});

describe('what ss prints', () => {
    test('is the local end of each socket', () => {
        expect(parseSockets(captured('ss-open.txt').toString())).toEqual({
            ok: true,
            value: [false, true].map((isIp6) => ({
                isListening: false,
                port: 8103,
                isIp6,
                owner: 60708,
            })),
        });
        const listening = parseSockets(captured('ss-listening.txt').toString());
        expect(listening).toMatchObject({
            ok: true,
            value: [8105, 8103, 8105, 8103].map((port) => ({
                isListening: true,
                port,
                owner: port - 8101 + 60706,
            })),
        });
        const ofRoot = 'LISTEN 0 1 *:8101 *:* ino:5 sk:6 <->\n';
        expect(parseSockets(ofRoot)).toMatchObject({
            ok: true,
            value: [{ owner: 0 }],
        });
        expect(parseSockets('')).toEqual({ ok: true, value: [] });
    });

    test.each([
        ['LISTEN 0 1024 0.0.0.0:8102 0.0.0.0:*', 'its last line has no end'],
        ['LISTEN 0 1024 0.0.0.0:65536 0.0.0.0:*\n', 'not a socket: LISTEN'],
        ['Cannot open netlink socket\n', 'not a socket: Cannot open'],
        ['LISTEN 0 1024\n0.0.0.0:8102 0.0.0.0:*\n', 'not a socket: LISTEN'],
    ])('is refused as %j', (text, reason) => {
        expect(parseSockets(text)).toEqual({
            ok: false,
            error: expect.stringContaining(reason),
        });
    });
});

describe('what /proc/net/tcp says', () => {
    const header = '  sl  local_address rem_address   st\n';
    const line =
        '   0: 00000000:1FA5 00000000:0000 0A 00000000:00000000 ' +
        '00:00000000 00000000 60706        0 985495 1\n';

    test.each([
        ['proc-net-tcp.txt', false, true],
        ['proc-net-tcp6.txt', true, false],
    ])(
        'in %s is who listens, up to the first connection',
        (name, isIp6, isEnd) => {
            expect(parseListeners(captured(name).toString(), isIp6)).toEqual({
                ok: true,
                value: {
                    listeners: [
                        { isListening: true, port: 8101, isIp6, owner: 60706 },
                    ],
                    isEnd,
                },
            });
        },
    );

    test.each([
        ['', 'its last line has no end'],
        [`${header}${line.trimEnd()}`, 'its last line has no end'],
        [line, 'not its header'],
        [`${header}${line.replace('0A', '0a')}`, 'not a socket'],
        [`${header}${line.replace(':1FA5', ':11FA5')}`, 'not a socket'],
        [`${header}${line.replace('60706', '-1')}`, 'not a socket'],
        [`${header}\n`, 'not a socket'],
    ])('is refused as %j', (text, reason) => {
        expect(parseListeners(text, false)).toEqual({
            ok: false,
            error: expect.stringContaining(reason),
        });
    });
});

test('what resolv.conf names is read, as resolv.conf(5) has it', () => {
    expect(parseResolvers(captured('resolv.conf').toString())).toEqual([
        '10.139.1.1',
        '10.139.1.2',
    ]);
    expect(parseResolvers('nameserver fe80::1%eth0\n')).toEqual(['fe80::1']);
    expect(parseResolvers('nameserver \t::1 \nnameserver\u00a0::2')).toEqual([
        '::1',
    ]);
});

describe('a program that prints what it should not', () => {
    const garbage: [string, string, RegExp][] = [
        ['nothing', '', /printed what it should not: it is empty$/],
        ['half of its JSON', '{"nftables": [', /it should not: it is not JSON/],
        ['other JSON', '{"version": 2}', /it should not: \S/],
    ];

    test.each(garbage)('fails the call with %s', async (_, stdout, reason) => {
        const run = printing(stdout);
        for (const observe of [observeTable, observeUnits]) {
            const failure = await observe(run).catch((error: unknown) => error);
            expect(failure).toBeInstanceOf(AgentFailure);
            expect(failure).toMatchObject({
                code: 'apply',
                message: expect.stringMatching(reason),
            });
        }
    });

    test('fails the call with more than anybody reads', async () => {
        const run: RunCommand = async () => ({
            ...(await printing('[')('', [])),
            exitCode: null,
            tooLong: true,
        });
        await expect(observeUnits(run)).rejects.toThrow(/far too much/);
    });
});

/** Our table with these elements of one set. */
function tableWith(elements: string) {
    const set = `{"name": "resolver4", "elem": [${elements}]}`;
    const table = parseTable(Buffer.from(`{"nftables": [{"set": ${set}}]}`));
    return table.ok ? table.value : raise();
}

/** Whatever is run succeeds and prints that. */
function printing(stdout: string): RunCommand {
    return async (file) => ({
        command: file,
        exitCode: 0,
        stdout: Buffer.from(stdout),
        stderr: Buffer.alloc(0),
        startError: null,
        timedOut: false,
        tooLong: false,
    });
}

function raise(): never {
    throw new Error('not read');
}

describe('what the kernel says of network devices', () => {
    const titles = 'Inter-|   Receive |  Transmit\n face |bytes |bytes\n';

    test('is their names, however long they are', () => {
        const lines = '    lo: 0 0\n vif5.0: 1234567 0\nvif12345678.0x: 0 0\n';
        expect(parseDevices(titles + lines)).toEqual({
            ok: true,
            value: new Set(['lo', 'vif5.0', 'vif12345678.0x']),
        });
        expect(parseDevices(titles)).toEqual({ ok: true, value: new Set() });
    });

    test.each([
        'lo\n',
        'one two: 0\n',
        'a/b: 0\n',
        'sixteen-letters-: 0\n',
        '\n',
    ])('is refused with a line %j', (line) => {
        expect(parseDevices(titles + line).ok).toBe(false);
    });
});
