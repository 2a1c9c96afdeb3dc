// What an answer says of requests: whose they are, how many, and within bounds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import { parseJournalLine } from '../../proxyvm/core/requests/journal-line.ts';
import { JournalRequests } from '../../proxyvm/core/requests/journal-requests.ts';
import {
    type ClientSeen,
    requestsOf,
} from '../../proxyvm/core/requests/requests-answer.ts';
import {
    holderAt,
    isReused,
    type Tenure,
    withTenure,
} from '../../proxyvm/core/requests/tenures.ts';
import { Told } from '../../proxyvm/core/requests/told.ts';
import { parseUuid } from '../../shared/domain/uuid.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { ClientRequests } from '../../shared/protocol/requests.ts';
import { droppedLine, journalLine } from './journal-lines.ts';
import { logLines } from './log-lines.ts';

const seed = 20261128;

function uuidOf(number: number) {
    const text = `b0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const parsed = parseUuid(text);
    if (!parsed.ok) {
        throw new Error(parsed.error);
    }
    return parsed.value;
}

function uidOf(number: number) {
    const uid = parseProxyUid(String(60_706 + number));
    if (uid === null) {
        throw new Error('no user id');
    }
    return uid;
}

describe('a line of the journal', () => {
    const from = { uid: 60_707, seconds: 12.5 };

    test('names a host that was refused, in lower case', () => {
        const message = logLines.refused('Blocked.TEST');
        const line = parseJournalLine(journalLine({ ...from, message }));
        expect(line).toMatchObject({
            kind: 'said',
            uid: 60_707,
            seconds: 12.5,
        });
        expect(line).toMatchObject({
            refused: { host: 'blocked.test', port: null },
        });
    });

    test('names the port, too, where CONNECT alone passes', () => {
        const message = logLines.refusedUrl('blocked.test:8443');
        const line = parseJournalLine(journalLine({ ...from, message }));
        expect(line).toMatchObject({
            refused: { host: 'blocked.test', port: 8443 },
        });
    });

    test.each([
        ['an escape', logLines.refused('a\u001b[31m.test')],
        ['a line end', logLines.refused('a.test').slice(0, -1)],
        ['a letter that is none of a host', logLines.refused('\u0430.test')],
        ['more than a host has', logLines.refused('a'.repeat(254))],
        ['bytes', [...Buffer.from(logLines.refused('a\u001b.test'))]],
    ])('with %s is counted, and has no name', (_, message) => {
        const line = parseJournalLine(journalLine({ ...from, message }));
        expect(line).toMatchObject({ refused: { host: null } });
    });

    test.each([
        [
            'what tinyproxy says of itself',
            'NOTICE    Nov 23 03:19:39.925 [8]: Shutting down.',
        ],
        [
            'the rest of a line with a line end',
            ` ${logLines.refused('forged.test')}`,
        ],
        ['a line that a client begins', `x${logLines.refused('forged.test')}`],
        ['nothing that is kept', null],
    ])('is of no request if it is %s', (_, message) => {
        const line = parseJournalLine(journalLine({ ...from, message }));
        expect(line).toMatchObject({ refused: null });
    });

    test('of another user id is none of ours', () => {
        const message = logLines.refused('a.test');
        for (const uid of [0, 60_705, 61_184]) {
            const line = journalLine({ uid, seconds: 1, message });
            expect(parseJournalLine(line)).toBeNull();
        }
    });

    test('tells how many lines journald kept to itself, and of which proxy', () => {
        expect(parseJournalLine(droppedLine(60_708, 1234, 3.5))).toEqual({
            kind: 'dropped',
            uid: 60_708,
            lines: 1234,
            seconds: 3.5,
        });
    });
});

describe('whose a line is', () => {
    const tenure = (uid: number, client: number, from: number): Tenure => ({
        uid: uidOf(uid),
        client: uuidOf(client),
        name: `qube-${client}` as Tenure['name'],
        from,
    });

    /** Starts of proxies: each user id is given out again and again. */
    const starts = fc.array(
        fc.record({
            uid: fc.nat(2),
            client: fc.nat(3),
            /** Host numbers that are refused, and how long after the start. */
            refused: fc.array(fc.tuple(fc.nat(5), fc.nat(40))),
        }),
        { maxLength: 12 },
    );

    test('the start of its proxy says, also when journald has it late', () => {
        fc.assert(
            fc.property(starts, (all) => {
                let tenures: readonly Tenure[] = [];
                const expected = new Map<string, number>();
                const lines: { seconds: number; bytes: Buffer }[] = [];
                all.forEach(({ uid, client, refused }, index) => {
                    const from = 10 * index;
                    tenures = withTenure(tenures, tenure(uid, client, from));
                    const about = { uid: 60_706 + uid, invocation: index };
                    const add = (seconds: number, message: string) =>
                        lines.push({
                            seconds,
                            bytes: journalLine({ ...about, seconds, message }),
                        });
                    add(from + 0.1, 'NOTICE    Initializing tinyproxy ...');
                    for (const [host, later] of refused) {
                        // Some come when another start has the user id.
                        add(from + 0.2 + later, logLines.refused(`h${host}`));
                        const key = `${uuidOf(client)} h${host}`;
                        expected.set(key, (expected.get(key) ?? 0) + 1);
                    }
                });
                const journal = new JournalRequests(() => tenures);
                lines.sort((one, other) => one.seconds - other.seconds);
                for (const { bytes } of lines) {
                    const line = parseJournalLine(bytes);
                    if (line !== null) {
                        journal.take(line);
                    }
                }
                const found = [...journal.clients].flatMap(([uuid, counts]) =>
                    [...counts.entries.values()].map(({ host, count }) => [
                        `${uuid} ${host}`,
                        count,
                    ]),
                );
                expect(Object.fromEntries(found)).toEqual(
                    Object.fromEntries(expected),
                );
            }),
            { seed, numRuns: 500 },
        );
    });

    test('stays known however many proxies were started since', () => {
        let all: readonly Tenure[] = [tenure(400, 9, 0)];
        for (let start = 1; start <= 5000; start += 1) {
            all = withTenure(all, tenure(start % 300, start % 4, start));
        }
        expect(all.length).toBeLessThanOrEqual(2000);
        expect(holderAt(all, uidOf(400), 6000)?.client).toBe(uuidOf(9));
        expect(all.at(-1)?.from).toBe(5000);
        const froms = all.map(({ from }) => from);
        expect(froms).toEqual(froms.toSorted((one, other) => one - other));
    });

    test('of a user id of two clients, what was counted is to go', () => {
        const all = [tenure(1, 1, 0), tenure(2, 1, 10), tenure(1, 1, 20)];
        expect(isReused(all, uidOf(1))).toBe(false);
        expect(isReused(all, uidOf(3))).toBe(false);
        const given = withTenure(all, tenure(1, 2, 30));
        expect(isReused(given, uidOf(1))).toBe(true);
        expect(isReused(given, uidOf(2))).toBe(false);
    });

    test('without a start that is known it is nobody’s', () => {
        const journal = new JournalRequests(() => [tenure(1, 1, 100)]);
        const message = logLines.refused('a.test');
        for (const [uid, seconds] of [
            [60_706, 200],
            [60_707, 99],
        ] as const) {
            const line = parseJournalLine(
                journalLine({ uid, seconds, message, invocation: uid }),
            );
            expect(line).not.toBeNull();
            if (line !== null) {
                journal.take(line);
            }
        }
        expect([...journal.clients]).toEqual([]);
    });
});

const seen: fc.Arbitrary<ClientSeen> = fc.record({
    uuid: fc.nat(50).map(uuidOf),
    name: fc.constant('work' as ClientSeen['name']),
    recording: fc.constantFrom('refused' as const, 'all' as const, null),
    since: fc.constant(null),
    sources: fc.array(
        fc.record({
            entries: fc.uniqueArray(
                fc.record({
                    host: fc.nat(400).map((host) => `h${host}.test`),
                    port: fc.constantFrom(null, 443),
                    outcome: fc.constantFrom('filter' as const),
                    count: fc.integer({ min: 1, max: 9 }),
                    first: fc.nat(50),
                    last: fc.integer({ min: 50, max: 100 }),
                }),
                {
                    selector: ({ host, port }) => `${host} ${port}`,
                    maxLength: 60,
                },
            ),
            unnamed: fc.nat(5),
        }),
        { maxLength: 2 },
    ),
});

function total({
    entries,
    unnamed,
}: Pick<ClientRequests, 'entries' | 'unnamed'>) {
    return entries.reduce((sum, { count }) => sum + count, unnamed);
}

describe('an answer', () => {
    test('counts each request once, whatever it has no room for', () => {
        fc.assert(
            fc.property(fc.array(seen, { maxLength: 8 }), (clients) => {
                const told = requestsOf(clients, 100, null);
                expect(told).toHaveLength(clients.length);
                told.forEach((each, index) => {
                    const sources = clients[index]?.sources ?? [];
                    const counted = sources.map(({ entries, unnamed }) =>
                        [...entries].reduce(
                            (sum, one) => sum + one.count,
                            unnamed,
                        ),
                    );
                    expect(total(each)).toBe(
                        counted.reduce((sum, one) => sum + one, 0),
                    );
                    const last = each.entries.map(({ lastAgo }) => lastAgo);
                    expect(last).toEqual(last.toSorted((a, b) => b - a));
                });
            }),
            { seed },
        );
    });

    test('has room for each client, whatever the others ask for', () => {
        const many = (number: number, hosts: number): ClientSeen => ({
            uuid: uuidOf(number),
            name: 'work' as ClientSeen['name'],
            recording: 'refused',
            since: null,
            sources: [
                {
                    unnamed: 0,
                    entries: Array.from({ length: hosts }, (_, host) => ({
                        host: `h${host}.test`,
                        port: null,
                        outcome: 'filter' as const,
                        count: 1,
                        first: host,
                        last: host,
                    })),
                },
            ],
        });
        const clients = Array.from({ length: 199 }, (_, n) => many(n, 2000));
        const told = requestsOf([...clients, many(199, 3)], 3000, null);
        expect(told.at(-1)?.entries).toHaveLength(3);
        expect(told[0]?.entries.at(-1)?.host).toBe('h1999.test');
        const answer = JSON.stringify(told);
        expect(answer.length).toBeLessThan(limits.answerBytes);
    });

    test('leaves out what was last seen before what is asked for', () => {
        fc.assert(
            fc.property(seen, fc.nat(60), (client, sinceSeconds) => {
                const [told] = requestsOf([client], 100, sinceSeconds);
                for (const { lastAgo } of told?.entries ?? []) {
                    expect(lastAgo).toBeLessThanOrEqual(sinceSeconds);
                }
            }),
            { seed },
        );
    });

    test('that follows another has what has changed, and that is all', () => {
        const states = fc.array(
            fc.uniqueArray(seen, {
                selector: (each) => each.uuid,
                maxLength: 4,
            }),
            { maxLength: 6 },
        );
        fc.assert(
            fc.property(states, (each) => {
                const told = new Told();
                const known = new Map<string, number>();
                for (const clients of each) {
                    const now = requestsOf(clients, 100, null);
                    for (const { uuid, entries } of told.changesOf(now)) {
                        for (const entry of entries) {
                            const key = `${uuid} ${entry.host} ${entry.port}`;
                            expect(known.get(key)).not.toBe(entry.count);
                            known.set(key, entry.count);
                        }
                    }
                    for (const { uuid, entries } of now) {
                        for (const { host, port, count } of entries) {
                            expect(known.get(`${uuid} ${host} ${port}`)).toBe(
                                count,
                            );
                        }
                    }
                    expect(told.changesOf(now)).toEqual([]);
                }
            }),
            { seed },
        );
    });
});
