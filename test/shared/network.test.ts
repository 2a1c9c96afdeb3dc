import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInDomain, parseDomain } from '../../shared/domain/domain-name.ts';
import {
    doNetworksOverlap,
    isInNetwork,
    parseNetwork,
} from '../../shared/domain/network.ts';
import type { Upstream } from '../../shared/protocol/desired-state.ts';
import { goesDirect, nextProxy } from '../../shared/protocol/route.ts';

function network(text: string) {
    const parsed = parseNetwork(text);
    return parsed.ok ? parsed.value : expect.fail(`${text}: ${parsed.error}`);
}

/** A network around a random address. */
const around = fc
    .tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 32 }))
    .map(([address, length]) => {
        const first = address - (address % 2 ** (32 - length));
        const bytes = [24, 16, 8, 0].map(
            (at) => Math.floor(first / 2 ** at) % 256,
        );
        return { text: bytes.join('.'), length };
    });

describe('a network', () => {
    test.each([
        ['192.168.1.0/24', '192.168.1.0/24'],
        ['10.0.0.7/32', '10.0.0.7'],
        ['FD00:0::/8', 'fd00::/8'],
        ['fd00::1/128', 'fd00::1'],
    ])('is read: %s', (text, expected) => {
        expect(network(text)).toBe(expected);
    });

    test.each([
        ...['', '/', '10.0.0.0/', '10.0.0.0/0', '10.0.0.0/33', '10.0.0.0/08'],
        ...['10.0.0.1/24', 'fd00::1/64', 'fd00::/129', '10.0.0.0/8/8', '/8'],
        ...['10.0.0.0 /8', '10.0.0.0/ 8', '10.0.0.0/8\n', '10.0.0.0/\u0668'],
        ...['::1%lo/64', '10.0/16'],
    ])('is not %j', (text) => {
        expect(parseNetwork(text).ok).toBe(false);
    });

    test('has in it what Node.js says, and overlaps what is in it or around it', () => {
        fc.assert(
            fc.property(around, around, (one, other) => {
                const [a, b] = [one, other].map((each) =>
                    network(`${each.text}/${each.length}`),
                );
                const block = new BlockList();
                block.addSubnet(other.text, other.length, 'ipv4');
                const isIn =
                    one.length >= other.length && block.check(one.text);
                expect(a && b && isInNetwork(a, b)).toBe(isIn);
                expect(a && b && doNetworksOverlap(a, b)).toBe(
                    isIn || Boolean(a && b && isInNetwork(b, a)),
                );
            }),
            { seed: 20261128, numRuns: 2000 },
        );
    });

    test('of one family is in none of the other', () => {
        expect(isInNetwork(network('10.0.0.0/8'), network('8000::/1'))).toBe(
            false,
        );
    });
});

function domain(text: string) {
    const parsed = parseDomain(text);
    return parsed.ok ? parsed.value : expect.fail(`${text}: ${parsed.error}`);
}

describe('a domain', () => {
    test('with a dot is that host and all below, without one that host', () => {
        const hosts = ['a.test', 'A.TEST', 'b.a.test', 'ba.test', 'test'];
        const inIt = (text: string) =>
            hosts.filter((host) => isInDomain(host, domain(text)));
        expect(inIt('.a.test')).toEqual(['a.test', 'A.TEST', 'b.a.test']);
        expect(inIt('a.test')).toEqual(['a.test', 'A.TEST']);
    });

    test.each([
        ...[
            '',
            '.',
            '..a',
            'a.',
            'a..b',
            '-a',
            'a-',
            'a_b',
            '*.a',
            'a/8',
            'a"',
        ],
        ...['1.2.3.4', 'a.1', '\u00e9.test', 'a.test\n', 'a b', 'a'.repeat(64)],
        `${'a.'.repeat(127)}a`,
    ])('is not %j', (text) => {
        expect(parseDomain(text).ok).toBe(false);
    });
});

describe('the way of a host', () => {
    const via = (port: number, text: string | null) =>
        ({
            kind: 'socks5',
            address: '10.0.0.1',
            port,
            domain: text === null ? null : domain(text),
        }) as Upstream;
    const upstreams = [
        via(1, 'a.test'),
        via(2, '.test'),
        via(3, null),
        via(4, '.b.a.test'),
        { kind: 'none' as const, domain: domain('.a.test') },
    ];

    test.each([
        ['a.test', 1],
        ['c.a.test', null],
        ['B.A.test', 4],
        ['x.test', 2],
        ['example.org', 3],
        ['10.0.0.1', 3],
    ])('%s is the one that says most about it', (host, port) => {
        expect(nextProxy(upstreams, host)?.port ?? null).toBe(port);
    });

    test('is a direct one for some if one says so, or none is for all', () => {
        expect(goesDirect([])).toBe(true);
        expect(goesDirect(upstreams)).toBe(true);
        expect(goesDirect([via(1, null), via(2, '.a.test')])).toBe(false);
        expect(goesDirect([via(2, '.a.test')])).toBe(true);
    });
});
