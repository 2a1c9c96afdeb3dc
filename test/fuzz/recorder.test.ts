// What a client brings a proxy to write into its log, and what a recorder that
// was taken over could write for the agent.
import { test } from 'vitest';
import { count, countsOf } from '../../proxyvm/core/recorder/count-requests.ts';
import { follow } from '../../proxyvm/core/recorder/follow-log.ts';
import { newLogState } from '../../proxyvm/core/recorder/open-requests.ts';
import { parseLogLine } from '../../proxyvm/core/recorder/parse-log-line.ts';
import {
    mostKept,
    mostRecordedBytes,
    recordedRequests,
} from '../../proxyvm/core/recorder/recorded.ts';
import type { Ip4 } from '../../shared/domain/address.ts';
import type { Domain } from '../../shared/domain/domain-name.ts';
import { decode } from '../../shared/protocol/json.ts';
import { err, ok } from '../../shared/result.ts';
import { logLines } from '../proxyvm/log-lines.ts';
import { fuzz } from './fuzz.ts';
import {
    demand,
    exactly,
    expectSame,
    list,
    name,
    nullOr,
    number,
    object,
    text,
    uuid,
} from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import { readJson } from './read-json.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261128;
const shown = /^[a-z0-9._:-]{1,253}$/;

test('whatever stands in a log, what is kept of it is hosts, and bounded', () => {
    const lines = [
        logLines.connect(5),
        logLines.request(5, 'CONNECT a.test:443 HTTP/1.1'),
        logLines.request(6, 'GET http://b.test/secret?of=mine HTTP/1.1'),
        logLines.request(7, 'CONNECT [fd00::1]:22 HTTP/1.1'),
        logLines.refused('b.test'),
        logLines.refusedUrl('http://b.test:80/secret'),
        logLines.established('a.test', 8),
        logLines.socks(9),
        logLines.unknown('c.test', 443),
        logLines.request(10, 'CONNECT d.far.test:443 HTTP/1.1'),
        logLines.unreached('10.0.0.1', 1080),
    ];
    const words = [
        ...['\n', '\r', '\r\n', '\n ', '\t', '\x1b[2J', '\u202e', 'ä.test'],
        ...['"', '""', ']', '[', '@', ':', '/', '?', '#', '%2e', ' HTTP/1.1'],
        ...['NOTICE    ', 'CONNECT   ', 'CONNECT ', 'http://', ' [1]: '],
        ...['Request (file descriptor 5): ', 'x'.repeat(800), '65536', '-1'],
        ...lines.map((line) => `\n${line}\n`),
    ];
    const upstream = {
        kind: 'socks5',
        address: '10.0.0.1' as Ip4,
        port: 1080,
        domain: '.far.test' as Domain,
    } as const;
    const proxy = { connectPorts: [443], upstreams: [upstream] };
    const state = newLogState(proxy);
    const counts = countsOf({ entries: [], unnamed: 0 });
    let now = 0;
    fuzz({
        line: 'a log of tinyproxy',
        share: 0.5,
        next: textInputs(seed, lines, words),
        parse: (bytes) => {
            const events = bytes
                .toString('latin1')
                .split('\n')
                .flatMap((line) => parseLogLine(line) ?? []);
            return events.length === 0 ? err('no line') : ok(events);
        },
        check: (events, bytes) => {
            const said = bytes.toString('latin1').toLowerCase();
            now += 1;
            for (const event of events) {
                for (const seen of follow(state, event)) {
                    count(counts, seen, now);
                    const { host, port } = seen;
                    demand(host === null || shown.test(host), 'a host');
                    demand(port === null || port <= 65_535, 'a port');
                }
                if (event.kind === 'refused' && event.host !== null) {
                    demand(said.includes(event.host), 'a host of the log');
                    demand(said.includes('notice    '), 'a whole line');
                }
            }
            demand(counts.entries.size <= mostKept.entries, 'bounded');
            demand(state.open.size <= 2048, 'no more than it can have');
            demand(state.hosts.size <= state.open.size, 'nor more hosts');
        },
    });
});

test('what a recorder kept and was tampered with is refused, or says so', () => {
    const entry = {
        host: 'a.test',
        port: 443,
        outcome: 'allowed',
        count: 3,
        first: 1.5,
        last: 20.25,
    };
    const whole = {
        name: 'work',
        since: '0d7c3c5e-9a0b-4d2e-8f5a-1b2c3d4e5f60',
        entries: [entry, { ...entry, port: null, outcome: 'filter' }],
        unnamed: 2,
        isIncomplete: false,
        positions: [{ inode: 7, offset: 900 }],
    };
    const words = [
        'port',
        'A.test',
        'a test',
        'a\u202etest',
        '0',
        '-1',
        'host',
    ];
    const counter = number(0, Number.MAX_SAFE_INTEGER);
    const seconds = (value: unknown) =>
        demand(Number.isFinite(value) && Number(value) >= 0, 'seconds');
    const check = object({
        name: text(name),
        since: text(uuid),
        entries: list(
            mostKept.entries,
            object({
                host: text(shown),
                port: nullOr(number(1, 65_535)),
                outcome: exactly('allowed', 'filter', 'port'),
                count: counter,
                first: seconds,
                last: seconds,
            }),
        ),
        unnamed: counter,
        isIncomplete: exactly(true, false),
        positions: list(
            mostKept.positions,
            object({ inode: counter, offset: counter }),
        ),
    });
    fuzz({
        line: 'what the recorder kept',
        share: 0.1,
        next: jsonInputs(seed, { values: [whole], words }),
        parse: (bytes) => decode(recordedRequests, bytes, mostRecordedBytes),
        check: (recorded, bytes) => {
            const said = readJson(bytes);
            check(said);
            expectSame(recorded, said);
        },
    });
});
