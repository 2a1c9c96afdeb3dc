// What ProxyVMs tell of requests, folded.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRequests } from '../../dom0/core/requests/read-answer.ts';
import {
    mostHosts,
    RequestBook,
} from '../../dom0/core/requests/request-book.ts';
import { refusedAmong } from '../../dom0/core/requests/requested-host.ts';
import { exampleWith, systemOf } from './fake-qubes.ts';
import { type FakeClient, requestsText } from './fake-requests.ts';
import { nameOf } from './rules.ts';

const system = systemOf(exampleWith());
const noon = new Date('2026-11-24T12:00:00Z');
const [sysFilter, sysFirewall, work] = [
    nameOf('sys-filter'),
    nameOf('sys-firewall'),
    nameOf('work'),
];

function told(clients: readonly FakeClient[], at = noon, proxyvm = sysFilter) {
    const read = readRequests(Buffer.from(requestsText(clients)));
    if (!read.ok) {
        throw new Error(read.error.message);
    }
    return { proxyvm, requests: read.value, at };
}

function later(seconds: number): Date {
    return new Date(noon.getTime() + seconds * 1000);
}

describe('a book of requests', () => {
    test('takes the last count for what it is by now', () => {
        const book = new RequestBook();
        const host = 'a.test';
        const once = { name: 'work', entries: [{ host, count: 3 }] };
        expect(book.add(told([once]), system).changed).toHaveLength(1);
        expect(book.add(told([once]), system).changed).toHaveLength(0);
        const more = { host, count: 5, firstAgo: 90, lastAgo: 1 };
        const entries = [more];
        const heard = book.add(
            told([{ name: 'work', entries }], later(30)),
            system,
        );
        expect(heard.changed).toEqual(book.of(work)?.hosts);
        expect(heard.changed).toEqual([
            {
                qube: 'work',
                host,
                port: null,
                outcome: 'filter',
                count: 5,
                first: later(-60),
                last: later(29),
            },
        ]);
    });

    test('tells hosts, ports and outcomes apart', () => {
        const entries = [
            { host: 'a.test' },
            { host: 'a.test', port: 443 },
            { host: 'a.test', port: 443, outcome: 'port' as const },
            { host: 'a.test', port: 443, outcome: 'allowed' as const },
            { host: 'b.test' },
        ];
        const book = new RequestBook();
        book.add(told([{ name: 'work', entries }]), system);
        const hosts = book.of(work)?.hosts ?? [];
        expect(hosts).toHaveLength(5);
        expect(refusedAmong(hosts)).toHaveLength(4);
    });

    test('hears of a request though the ProxyVM counts anew', () => {
        const book = new RequestBook();
        const one = { name: 'work', entries: [{ host: 'a.test' }] };
        book.add(told([one]), system);
        const again = book.add(told([one], later(100)), system);
        expect(again.changed.map(({ count }) => count)).toEqual([1]);
    });

    test('begins anew where a ProxyVM counts less', () => {
        const book = new RequestBook();
        const of = (count: number) => [
            { name: 'work', entries: [{ host: 'a.test', count }] },
        ];
        book.add(told(of(9)), system);
        const [host] = book.add(told(of(2), later(500)), system).changed;
        expect(host).toMatchObject({ count: 2, first: later(440) });
    });

    test('adds up what several ProxyVMs say of a qube that was moved', () => {
        const moved = systemOf(
            exampleWith({ name: 'work', netvm: 'sys-firewall' }),
        );
        const book = new RequestBook();
        const client = (count: number) => ({
            name: 'work',
            unnamed: 1,
            entries: [{ host: 'a.test', count }],
        });
        book.add(told([client(2)]), system);
        book.add(told([client(3)], later(60), sysFirewall), moved);
        expect(book.of(work)).toMatchObject({
            unnamed: 2,
            hosts: [{ count: 5, first: later(-60), last: noon }],
        });
    });

    test('keeps nothing of qubes that are not attached to the ProxyVM', () => {
        const book = new RequestBook();
        const entries = [{ host: 'a.test' }];
        const heard = book.add(
            told([
                { name: 'personal', entries },
                { name: 'personal', entries },
                { name: 'stranger', entries },
            ]),
            system,
        );
        expect(heard).toEqual({
            changed: [],
            strangers: ['personal'],
            unknown: 1,
            flooded: [],
        });
        expect(book.of(nameOf('personal'))).toBe(null);
    });

    test('is bounded, whatever comes, and forgets the oldest', () => {
        const book = new RequestBook();
        for (let round = 0; round < 20; round += 1) {
            const entries = Array.from({ length: 2000 }, (_, at) => ({
                host: `h${round}-${at}.test`,
                lastAgo: 0,
            }));
            book.add(told([{ name: 'work', entries }], later(round)), system);
        }
        const hosts = book.of(work)?.hosts ?? [];
        expect(hosts).toHaveLength(mostHosts);
        expect(hosts.every(({ host }) => host.startsWith('h19-'))).toBe(true);
    });

    test('a flood of one qube takes nothing from another', () => {
        const book = new RequestBook();
        book.add(
            told([{ name: 'banking', entries: [{ host: 'b.test' }] }]),
            system,
        );
        for (let round = 0; round < 3; round += 1) {
            const entries = Array.from({ length: 2000 }, (_, at) => ({
                host: `h${round}-${at}.test`,
            }));
            const flood = { name: 'work', unnamed: round, entries };
            const heard = book.add(told([flood]), system);
            expect(heard.flooded).toEqual(round === 0 ? [] : ['work']);
        }
        expect(book.of(nameOf('banking'))?.hosts).toHaveLength(1);
    });

    test('lists what was refused with the newest last, in one order however ages are rounded', () => {
        const entry = fc.record({
            host: fc.constantFrom('a', 'b', 'c', 'd'),
            age: fc.double({ min: 0, max: 3, noNaN: true }),
        });
        fc.assert(
            fc.property(
                fc.uniqueArray(entry, { selector: ({ host }) => host }),
                fc.double({ min: 0, max: 1, noNaN: true }),
                (unordered, later) => {
                    const seen = [...unordered].sort((a, b) => b.age - a.age);
                    const orderAfter = (seconds: number) => {
                        const entries = seen.map(({ host, age }) => ({
                            host,
                            lastAgo: Math.round(age + seconds),
                        }));
                        const book = new RequestBook();
                        book.add(told([{ name: 'work', entries }]), system);
                        const hosts = refusedAmong(book.of(work)?.hosts ?? []);
                        return hosts.map(({ host }) => host);
                    };
                    const order = seen.map(({ host }) => host);
                    expect(orderAfter(0)).toEqual(order);
                    expect(orderAfter(later)).toEqual(order);
                },
            ),
            { seed: 20261128 },
        );
    });
});
