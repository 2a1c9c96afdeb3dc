// What an agent says of requests, tampered with.
import { test } from 'vitest';
import { readRequests } from '../../dom0/core/requests/read-answer.ts';
import { err } from '../../shared/result.ts';
import { fuzz } from './fuzz.ts';
import {
    type Check,
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

const entry = {
    host: 'ads.example.com',
    port: 443,
    outcome: 'port',
    count: 12,
    firstAgo: 3600,
    lastAgo: 2,
};
const client = {
    uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
    name: 'work',
    recording: 'refused',
    since: null,
    entries: [entry, { ...entry, host: 'fd00::1', port: null }],
    unnamed: 312,
};
const other = {
    ...client,
    uuid: '7972106e-38f8-4b96-ad18-fbd61967ca90',
    name: 'banking',
    recording: null,
    since: '0d7c3c5e-9a0b-4d2e-8f5a-1b2c3d4e5f60',
    entries: [],
};
const answer = {
    service: 'qubes.FilterProxy',
    version: 1,
    error: null,
    requests: { clients: [client, other] },
};

const values = [
    answer,
    { ...answer, requests: { clients: [] } },
    { ...answer, requests: { clients: [client] } },
    { ...answer, error: { code: 'busy', message: 'later' }, requests: null },
    {
        service: 'qubes.FilterProxy',
        version: 1,
        error: { code: 'request', message: 'no such verb' },
        report: null,
    },
];

const words = [
    ...['allowed', 'filter', 'port', 'destination', 'all', 'nothing'],
    ...[
        '\x1b[2J\x1b[31m',
        '\u202eads',
        '\x07',
        '\r',
        'b\u00fccher.de',
        'A.test',
    ],
    ...['x'.repeat(253), 'x'.repeat(254), 'a b', '', '.', '::', 'a_b', 'dom0'],
    ...['requests', 'report', 'clients', 'entries', 'host', '\u0430ds.test'],
];

const counter = number(0, Number.MAX_SAFE_INTEGER);

const checkAnswer: Check = object({
    service: exactly('qubes.FilterProxy'),
    version: exactly(1),
    error: exactly(null),
    requests: object({
        clients: list(
            200,
            object({
                uuid: text(uuid),
                name: text(name),
                recording: exactly(null, 'refused', 'nothing', 'all'),
                since: nullOr(text(uuid)),
                entries: list(
                    2000,
                    object({
                        host: text(/^[a-z0-9._:-]{1,253}$/),
                        port: nullOr(number(1, 65_535)),
                        outcome: exactly(
                            ...['allowed', 'filter', 'port', 'destination'],
                        ),
                        count: counter,
                        firstAgo: counter,
                        lastAgo: counter,
                    }),
                ),
                unnamed: counter,
            }),
        ),
    }),
});

test('requests that were tampered with are refused, or are other ones', () => {
    fuzz({
        line: "agent's answer, requests",
        share: 0.5,
        next: jsonInputs(20261128, { values, words }),
        parse: (bytes) => {
            const read = readRequests(bytes);
            return read.ok
                ? read
                : err(`${read.error.kind}: ${read.error.message}`);
        },
        check: (value, bytes) => {
            const said = readJson(bytes);
            checkAnswer(said);
            demand(said instanceof Map, 'an object');
            expectSame(value, said.get('requests') ?? null);
        },
    });
});
