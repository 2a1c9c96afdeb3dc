// What is counted of logs whose lines stand between each other's.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { count, countsOf } from '../../proxyvm/core/recorder/count-requests.ts';
import { follow } from '../../proxyvm/core/recorder/follow-log.ts';
import {
    type LogState,
    newLogState,
    type Seen,
} from '../../proxyvm/core/recorder/open-requests.ts';
import { parseLogLine } from '../../proxyvm/core/recorder/parse-log-line.ts';
import { mostKept } from '../../proxyvm/core/recorder/recorded.ts';
import type { Ip4 } from '../../shared/domain/address.ts';
import type { Domain } from '../../shared/domain/domain-name.ts';
import { logLines } from './log-lines.ts';

const proxy: LogState['proxy'] = {
    connectPorts: [443, 8443],
    upstreams: [
        {
            kind: 'socks5',
            address: '10.0.0.1' as Ip4,
            port: 1080,
            domain: '.far.test' as Domain,
        },
    ],
};

function seenIn(lines: readonly string[], state = newLogState(proxy)): Seen[] {
    return lines.flatMap((line) => {
        const event = parseLogLine(line);
        return event === null ? [] : follow(state, event);
    });
}

/** Equal for the same requests, in whatever order. */
function tally(seen: readonly Seen[]): string[] {
    return seen
        .map(({ host, port, outcome }) => `${outcome} ${host}:${port}`)
        .sort();
}

/** How often each request of this kind is answered how. */
interface Kind {
    readonly text: string;
    readonly seen: Seen;
    readonly outcome: ((host: string, fd: number) => string) | null;
}

const { connect, established, refused, request, socks } = logLines;

function kind(
    host: string,
    port: number,
    outcome: Seen['outcome'],
    line: Kind['outcome'],
): Kind {
    const text =
        port === 80
            ? `GET http://${host}/secret?of=mine HTTP/1.1`
            : `CONNECT ${host}:${port} HTTP/1.1`;
    return { text, seen: { host, port, outcome }, outcome: line };
}

const further = (_: string, fd: number) => socks(fd);
const unreached = () => logLines.unreached('10.0.0.1', 1080);

const kinds: readonly Kind[] = [
    kind('a.test', 443, 'allowed', established),
    kind('a.test', 80, 'allowed', established),
    kind('b.test', 443, 'filter', refused),
    kind('b.test', 80, 'filter', refused),
    kind('c.test', 8443, 'filter', refused),
    kind('d.test', 22, 'port', null),
    kind('e.test', 443, 'allowed', (host) => logLines.unknown(host, 443)),
    kind('e.test', 80, 'allowed', (host) => logLines.unreached(host, 80)),
    kind('f.far.test', 443, 'allowed', further),
    kind('g.far.test', 443, 'allowed', further),
    kind('g.far.test', 80, 'allowed', unreached),
    kind('h.far.test', 443, 'filter', refused),
    kind('h.far.test', 80, 'filter', refused),
];

/** The lines of requests at a time on so many descriptors, in some order. */
function interleaved(
    requests: readonly Kind[],
    threads: number,
    choices: readonly number[],
): string[] {
    const lines: string[] = [];
    const waiting = [...requests];
    const running: string[][] = Array.from({ length: threads }, () => []);
    for (let turn = 0; ; turn += 1) {
        const ready = running.filter(
            (rest) => rest.length > 0 || waiting.length > 0,
        );
        const choice = choices[turn % choices.length] ?? 0;
        const one = ready[choice % ready.length];
        if (one === undefined) {
            return lines;
        }
        if (one.length === 0) {
            const next = waiting.shift();
            const fd = running.indexOf(one) + 5;
            one.push(...(next ? linesOf(next, fd) : []));
        }
        lines.push(one.shift() ?? '');
    }
}

function linesOf({ text, seen, outcome }: Kind, fd: number): string[] {
    const line = outcome?.(seen.host ?? '', fd + 100);
    return [connect(fd), request(fd, text), ...(line ? [line] : [])];
}

describe('the requests of a log', () => {
    test('are each told once, with their host and port, in whatever order lines come', () => {
        const histories = fc.record({
            requests: fc.array(fc.constantFrom(...kinds), { maxLength: 60 }),
            threads: fc.integer({ min: 1, max: 12 }),
            choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 97 }),
        });
        fc.assert(
            fc.property(histories, ({ requests, threads, choices }) => {
                const lines = interleaved(requests, threads, choices);
                const expected = requests.map(({ seen }) => seen);
                expect(tally(seenIn(lines))).toEqual(tally(expected));
            }),
            { seed: 20261128, numRuns: 3000 },
        );
    });

    test('are told at once where only one can be meant', () => {
        const state = newLogState(proxy);
        for (const each of kinds) {
            const seen = seenIn(linesOf(each, 5), state);
            expect(seen).toEqual([each.seen]);
        }
    });

    test('have no outcome of a client that went before it', () => {
        const text = 'CONNECT b.test:443 HTTP/1.1';
        const left = [connect(5), request(5, text), connect(5)];
        expect(seenIn(left)).toEqual([]);
        const host = 'b.test';
        const after = [...left, request(5, text), refused(host)];
        expect(seenIn(after)).toEqual([{ host, port: 443, outcome: 'filter' }]);
    });

    test('whose host stands in a header have no port', () => {
        const lines = [connect(5), request(5, 'GET /p HTTP/1.1')];
        const unknown = { port: null, outcome: 'filter' };
        expect(seenIn([...lines, refused('b.test')])).toEqual([
            { host: 'b.test', ...unknown },
        ]);
        expect(seenIn([...lines, refused('b.test\r\x1b[2J')])).toEqual([
            { host: null, ...unknown },
        ]);
        const folded = refused('a.test\n .b.test').split('\n');
        expect(seenIn([...lines, ...folded])).toEqual([
            { host: null, ...unknown },
        ]);
    });

    test('keep no more open than tinyproxy can have', () => {
        const state = newLogState(proxy);
        for (let fd = 0; fd < 99_999; fd += 1) {
            seenIn([request(fd, `GET http://h${fd}.test/ HTTP/1.1`)], state);
        }
        expect(state.open.size).toBe(2560);
        expect(state.hosts.size).toBe(2560);
    });
});

describe('what is kept of a client', () => {
    const empty = () => countsOf({ entries: [], unnamed: 0 });
    const seen = (host: string | null): Seen => ({
        host,
        port: 443,
        outcome: 'filter',
    });

    test('has how often, when first and when last', () => {
        const counts = empty();
        count(counts, seen('a.test'), 1.5);
        count(counts, seen('a.test'), 7);
        count(counts, seen(null), 8);
        const entry = { ...seen('a.test'), count: 2, first: 1.5, last: 7 };
        expect([...counts.entries.values()]).toEqual([entry]);
        expect(counts.unnamed).toBe(1);
    });

    test('goes on from where it was kept', () => {
        const entry = { ...seen('a.test'), count: 2, first: 1.5, last: 7 };
        const kept = { host: 'a.test', port: 443, outcome: 'filter' } as const;
        const entries = [{ ...entry, ...kept }];
        const counts = countsOf({ entries, unnamed: 3 });
        count(counts, seen('a.test'), 9);
        expect([...counts.entries.values()]).toEqual([
            { ...entry, count: 3, last: 9 },
        ]);
        expect(counts.unnamed).toBe(3);
    });

    test('is bounded, and the longest unseen goes first', () => {
        const counts = empty();
        count(counts, seen('often.test'), 0);
        for (let at = 0; at < 100_000; at += 1) {
            count(counts, seen(`h${at}.test`), at);
            if (at % 1000 === 0) {
                count(counts, seen('often.test'), at);
            }
        }
        expect(counts.entries.size).toBe(mostKept.entries);
        const hosts = [...counts.entries.values()].map(({ host }) => host);
        expect(hosts).toContain('often.test');
        expect(hosts.at(-1)).toBe('h99999.test');
        const all = [...counts.entries.values()].map((each) => each.count);
        const sum = all.reduce((left, right) => left + right, 0);
        expect(sum + counts.unnamed).toBe(100_000 + 101);
    });

    test('has fewer hosts where they are long', () => {
        const counts = empty();
        for (let at = 0; at < 3000; at += 1) {
            count(counts, seen(`${at}${'a'.repeat(240)}`), at);
        }
        const { hostCharacters } = mostKept;
        expect(counts.hostCharacters).toBeLessThanOrEqual(hostCharacters);
        expect(counts.entries.size).toBeGreaterThan(250);
        expect(counts.entries.size + counts.unnamed).toBe(3000);
    });
});
