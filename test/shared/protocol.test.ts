import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer } from '../../shared/protocol/answer.ts';
import { desiredState } from '../../shared/protocol/desired-state.ts';
import { examineAnswer } from '../../shared/protocol/examination.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { filterOfLines } from '../filters.ts';

const boot = '0f6d4d4e-5d3f-4a8e-9f55-2a3d1f8f1c11';

const work = {
    name: 'work',
    uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
    xid: 12,
    stubdomXid: null,
    ranBefore: [],
    ip4: { client: '10.137.0.5', gateway: '10.137.0.4' },
    ip6: null,
    filter: filterOfLines(["\\`([a-z0-9_-]+\\.)*github\\.com\\'"]),
    deadlines: [],
    narrowing: 'end',
};

const next = {
    kind: 'socks5',
    address: '10.0.0.1',
    port: 1080,
    domain: null,
};

const document = {
    version: 1,
    issued: { boot, counter: 7 },
    clients: [work],
};

function decodeDesired(value: unknown) {
    const bytes = Buffer.from(JSON.stringify(value));
    return decode(desiredState, bytes, limits.requestBytes);
}

/** The document with one part of its only client replaced. */
function withWork(change: object) {
    return { ...document, clients: [{ ...work, ...change }] };
}

function withFilter(change: object) {
    return withWork({ filter: { ...work.filter, ...change } });
}

describe('a desired state', () => {
    test('is read as it was written', () => {
        expect(decodeDesired(document)).toEqual({ ok: true, value: document });
    });

    test('has the last of two values of one field', () => {
        const twice = JSON.stringify(document).replace('{', '{"version":2,');
        expect(
            decode(desiredState, Buffer.from(twice), limits.requestBytes),
        ).toEqual({ ok: true, value: document });
    });

    test('may leave the filter of a client as it is', () => {
        expect(decodeDesired(withWork({ filter: null })).ok).toBe(true);
    });

    const other = {
        ...work,
        name: 'banking',
        uuid: '7972106e-38f8-4b96-ad18-fbd61967ca90',
        ip4: { client: '10.138.0.5', gateway: '10.137.0.4' },
    };

    test('takes clients whose addresses end alike', () => {
        const clients = [work, other];
        expect(decodeDesired({ ...document, clients }).ok).toBe(true);
    });

    const refused: [string, unknown, RegExp][] = [
        ['another version', { ...document, version: 2 }, /version/],
        ['an unknown field', { ...document, more: 1 }, /more/],
        ['an unknown field deep down', withFilter({ more: 1 }), /more/],
        ['a missing field', { version: 1, clients: [] }, /issued/],
        ['a wrong type', { ...document, clients: {} }, /clients/],
        ['a hostile name', withWork({ name: 'a\nb' }), /letter/],
        ['the name dom0', withWork({ name: 'dom0' }), /reserved/],
        ['a domain id 0', withWork({ xid: 0 }), /xid/],
        ['an earlier domain id 0', withWork({ ranBefore: [0] }), /ranBefore/],
        [
            'a negative counter',
            { ...document, issued: { boot, counter: -1 } },
            /counter/,
        ],
        [
            'an address with a mask',
            withWork({ ip4: { client: '10.0.0.0/8', gateway: '10.137.0.4' } }),
            /IPv4/,
        ],
        ['a default of neither', withFilter({ default: 'drop' }), /default/],
        [
            'a block list without plain HTTP',
            withFilter({ default: 'allow', httpPorts: [] }),
            /block list/,
        ],
        ...Object.entries({
            'a next proxy as text': '10.0.0.1:3128',
            'a next proxy of another kind': { ...next, kind: 'socks4' },
            'a next proxy by name': { ...next, address: 'proxy.test' },
            'a next proxy on this machine': { ...next, address: '127.0.0.1' },
            'a next proxy without a port': { ...next, port: 0 },
            'a domain with a line end': { ...next, domain: 'a.test"\nAllow' },
            'a domain in capitals': { ...next, domain: 'A.test' },
            'a way past nothing': { kind: 'none', domain: null },
        }).map(([what, upstream]): [string, unknown, RegExp] => [
            what,
            withFilter({ upstreams: [upstream] }),
            /upstreams/,
        ]),
        [
            'two next proxies for the same hosts',
            withFilter({ upstreams: [next, { ...next, port: 1081 }] }),
            /for one domain/,
        ],
        [
            'plain HTTP through an HTTP proxy',
            withFilter({ upstreams: [{ ...next, kind: 'http' }] }),
            /cannot be kept to the filter/,
        ],
        ...Object.entries({
            'a public network': '93.184.0.0/16',
            'all of them': '0.0.0.0/0',
            loopback: '127.0.0.0/8',
            'the addresses of qubes': '10.137.0.0/16',
            'a host part': '192.168.1.1/24',
            'a network in another form': '192.168.1.1/32',
            'a network that goes on': '192.168.1.0/24, 0.0.0.0/0',
        }).map(([what, network]): [string, unknown, RegExp] => [
            `${what} opened`,
            withFilter({ privateDestinations: [{ network, ports: [80] }] }),
            /privateDestinations/,
        ]),
        [
            'networks that overlap',
            withFilter({
                privateDestinations: ['10.0.0.0/8', '10.1.0.0/16'].map(
                    (network) => ({ network, ports: [80] }),
                ),
            }),
            /overlap/,
        ],
        ['no time at all', withFilter({ timeoutSeconds: 0 }), /timeout/],
        ['too many clients', withFilter({ maxClients: 1025 }), /maxClients/],
        ['another record', withFilter({ record: 'everything' }), /record/],
        [
            'no port for CONNECT, which tinyproxy reads as every port',
            withFilter({ connectPorts: [] }),
            /connectPorts/,
        ],
        ['a port too high', withFilter({ httpPorts: [65_536] }), /httpPorts/],
        [
            'a deadline that is over',
            withWork({ deadlines: [{ seconds: 0, filter: null }] }),
            /deadlines\.0\.seconds/,
        ],
        [
            'a deadline that says not what follows',
            withWork({ deadlines: [{ seconds: 5 }] }),
            /deadlines\.0\.filter/,
        ],
        [
            'deadlines that are not in order',
            withWork({
                deadlines: [
                    { seconds: 5, filter: work.filter },
                    { seconds: 5, filter: null },
                ],
            }),
            /not in order/,
        ],
        [
            'rules after the end of all rules',
            withWork({
                deadlines: [
                    { seconds: 5, filter: null },
                    { seconds: 6, filter: work.filter },
                ],
            }),
            /follows the end/,
        ],
        [
            'a deadline of rules that dom0 cannot tell',
            withWork({
                filter: null,
                deadlines: [{ seconds: 5, filter: null }],
            }),
            /without a filter/,
        ],
        [
            'a filter line that is not confined',
            withFilter({ lines: ['github'] }),
            /lines\.0/,
        ],
        [
            'a filter line with a line end',
            withFilter({ lines: ["\\`a\\'\n.*"] }),
            /lines\.0/,
        ],
        [
            'one address twice',
            { ...document, clients: [work, { ...other, ip4: work.ip4 }] },
            /one address/,
        ],
        [
            'one uuid twice',
            { ...document, clients: [work, { ...other, uuid: work.uuid }] },
            /one uuid/,
        ],
        [
            'one name twice',
            { ...document, clients: [work, { ...other, name: 'work' }] },
            /one name/,
        ],
    ];

    test.each(refused)('is refused with %s', (_, value, reason) => {
        const result = decodeDesired(value);
        expect(result).toEqual({
            ok: false,
            error: expect.stringMatching(reason),
        });
    });
});

describe('an examination', () => {
    const resolver = {
        address: '10.139.1.1',
        answers: true,
        isPermitted: true,
    };
    const proxy = {
        name: 'work',
        uuid: work.uuid,
        port: 8101,
        isAlive: true,
        hasDoor: true,
    };
    const examination = {
        agent: '0.1.0',
        tinyproxy: { version: '1.11.1', unfit: '' },
        table: 'ours',
        inputRules: { ip: 'ours', ip6: 'no-chain' },
        qubesFirewall: { isActive: true, ip: true, ip6: true },
        resolvers: [resolver],
        proxies: [proxy],
    };

    function decodeExamination(change: object) {
        const value = {
            service: 'qubes.FilterProxy',
            version: 1,
            error: null,
            examination: { ...examination, ...change },
        };
        const bytes = Buffer.from(JSON.stringify(value));
        return decode(examineAnswer, bytes, limits.answerBytes);
    }

    test('is read as it was written', () => {
        const read = decodeExamination({});
        expect(read.ok && read.value.examination).toEqual(examination);
    });

    const many = (count: number, value: unknown) => Array(count).fill(value);

    test.each<[string, object, RegExp]>([
        ['an unknown field', { more: 1 }, /more/],
        ['a missing field', { table: undefined }, /table/],
        ['another state of the table', { table: 'theirs' }, /table/],
        ['a table without its chain', { table: 'no-chain' }, /table/],
        ['one input rule', { inputRules: { ip: 'ours' } }, /ip6/],
        ['a text that has no end', { agent: 'x'.repeat(1001) }, /agent/],
        [
            'no truth value',
            { qubesFirewall: { isActive: 'yes', ip: true, ip6: true } },
            /qubesFirewall\.isActive/,
        ],
        [
            'half a firewall',
            { qubesFirewall: { isActive: true, ip: true } },
            /qubesFirewall\.ip6/,
        ],
        [
            'a resolver that is a name',
            { resolvers: [{ ...resolver, address: 'dns.test' }] },
            /resolvers\.0/,
        ],
        ['too many resolvers', { resolvers: many(9, resolver) }, /resolvers/],
        ['too many proxies', { proxies: many(479, proxy) }, /proxies/],
        [
            'a hostile name',
            { proxies: [{ ...proxy, name: 'a\u001b[2J' }] },
            /proxies\.0\.name/,
        ],
        [
            'a port that is none',
            { proxies: [{ ...proxy, port: 65_536 }] },
            /proxies\.0\.port/,
        ],
    ])('is refused with %s', (_, change, reason) => {
        expect(decodeExamination(change)).toEqual({
            ok: false,
            error: expect.stringMatching(reason),
        });
    });
});

describe('bytes from another qube', () => {
    test.each([
        ['nothing', Buffer.alloc(0), /empty/],
        ['half a document', Buffer.from('{"version": 1, "cli'), /not JSON/],
        ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not JSON/],
        ['a NUL', Buffer.from('{"a\0":1}'), /not JSON/],
        ['too much', Buffer.alloc(65, 0x20), /longer than 64 bytes/],
    ])('are refused: %s', (_, bytes, reason) => {
        const result = decode(desiredState, bytes, 64);
        expect(result).toEqual({
            ok: false,
            error: expect.stringMatching(reason),
        });
    });

    test('never make the error unprintable, long, or the decoder throw', () => {
        const text = JSON.stringify(document);
        const mutated = fc
            .tuple(
                fc.nat(text.length),
                fc.nat(12),
                fc.string({ unit: 'binary', maxLength: 12 }),
            )
            .map(([at, length, instead]) =>
                Buffer.from(
                    text.slice(0, at) + instead + text.slice(at + length),
                ),
            );
        fc.assert(
            fc.property(mutated, (bytes) => {
                const result = decode(desiredState, bytes, limits.requestBytes);
                expect(result.ok || result.error).toSatisfy(
                    (said: string | true) =>
                        said === true || /^[\x20-\x7e]{1,350}$/.test(said),
                );
            }),
            { seed: 20261123, numRuns: 20_000 },
        );
    });

    test('give no object a prototype of its own', () => {
        const bytes = Buffer.from('{"__proto__": {"ok": true}, "version": 1}');
        expect(decode(desiredState, bytes, 1000).ok).toBe(false);
        expect(decode(answer, bytes, 1000).ok).toBe(false);
    });
});
