// What is worth a notice, whatever a qube asks for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    mostNamed,
    quietMs,
    RefusalNotices,
} from '../../dom0/core/requests/refusal-notices.ts';
import { mostHosts } from '../../dom0/core/requests/request-book.ts';
import type { RefusedHost } from '../../dom0/core/requests/requested-host.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';

const start = Date.UTC(2026, 10, 24, 12);

function refused(qube: string, host: string, last = 0): RefusedHost {
    return {
        qube: qube as QubeName,
        host,
        port: null,
        reason: 'filter',
        count: 1,
        first: new Date(start),
        last: new Date(start + last),
    };
}

function flood(qube: string, count: number, from = 0): RefusedHost[] {
    return Array.from({ length: count }, (_, at) =>
        refused(qube, `h${from + at}.test`, at),
    );
}

describe('a notice', () => {
    test('names the newest hosts of a qube, and counts the others', () => {
        const [notice, ...others] = new RefusalNotices().take(
            flood('work', 10),
            0,
        );
        expect(others).toEqual([]);
        expect(notice?.hosts.map(({ host }) => host)).toEqual([
            'h9.test',
            'h8.test',
            'h7.test',
        ]);
        expect(notice?.more).toBe(7);
    });

    test('is one for a host that was refused at several ports', () => {
        const hosts = [443, 8443, null].map((port) => ({
            ...refused('work', 'a.test'),
            port,
        }));
        const [notice] = new RefusalNotices().take(hosts, 0);
        expect(notice).toMatchObject({ hosts: [hosts[0]], more: 0 });
    });

    test('comes again when the host was not refused for a while', () => {
        const notices = new RefusalNotices();
        const host = [refused('work', 'a.test')];
        expect(notices.take(host, 0)).toHaveLength(1);
        expect(notices.take(host, quietMs - 1)).toHaveLength(0);
        expect(notices.take([], quietMs)).toHaveLength(0);
        // It was still refused then.
        expect(notices.take(host, 2 * quietMs - 2)).toHaveLength(0);
        expect(notices.take(host, 3 * quietMs - 2)).toHaveLength(1);
    });
});

const looks = fc.array(
    fc.record({
        passedMs: fc.integer({ min: 0, max: quietMs }),
        refused: fc.array(
            fc.record({
                qube: fc.constantFrom('work', 'banking', 'personal'),
                host: fc.constantFrom('a.test', 'b.test', 'c.test', 'd.test'),
                last: fc.nat(1000),
            }),
            { maxLength: 12 },
        ),
    }),
    { maxLength: 12 },
);

describe('of whatever is refused when', () => {
    test('each qube has one notice in a look, with what it had not of late', () => {
        fc.assert(
            fc.property(looks, (all) => {
                const notices = new RefusalNotices();
                const lastSeen = new Map<string, number>();
                let now = 0;
                for (const look of all) {
                    now += look.passedMs;
                    const hosts = look.refused.map(({ qube, host, last }) =>
                        refused(qube, host, last),
                    );
                    const keys = hosts.map((one) => `${one.qube} ${one.host}`);
                    const isNew = (key: string) =>
                        now - (lastSeen.get(key) ?? -quietMs) >= quietMs;
                    const expected = new Set(keys.filter(isNew));
                    const taken = notices.take(hosts, now);
                    const told = taken.flatMap(({ hosts }) => hosts);
                    const more = taken.reduce((sum, one) => sum + one.more, 0);
                    expect(told.length + more).toBe(expected.size);
                    for (const { qube, host } of told) {
                        expect(expected).toContain(`${qube} ${host}`);
                    }
                    expect(new Set(taken.map(({ qube }) => qube)).size).toBe(
                        taken.length,
                    );
                    for (const key of keys) {
                        lastSeen.set(key, now);
                    }
                }
            }),
            { seed: 20261128 },
        );
    });

    test('a flood of one qube hides nothing of another, and is kept bounded', () => {
        const notices = new RefusalNotices();
        for (let minute = 0; minute < 20; minute += 1) {
            const quiet = refused('banking', `b${minute}.test`, -1);
            const many = flood('work', mostHosts, minute * mostHosts);
            const taken = notices.take([...many, quiet], minute * 60_000);
            expect(taken).toHaveLength(2);
            const sizes = taken.map(({ hosts, more }) => [hosts.length, more]);
            expect(sizes).toEqual([
                [mostNamed, mostHosts - mostNamed],
                [1, 0],
            ]);
        }
        // Of the first ones nothing is remembered any more.
        const [again] = notices.take(flood('work', 1), 20 * 60_000);
        expect(again?.hosts).toHaveLength(1);
    });
});
