import { test } from 'vitest';
import { callFailure, readOutcome } from '../../dom0/core/agent-answer.ts';
import { timingsIn } from '../../dom0/core/agent-timings.ts';
import { errorCodes } from '../../shared/protocol/answer.ts';
import { err } from '../../shared/result.ts';
import { outcome } from '../dom0/outcome.ts';
import { checkReport, checkTimings } from './documents.ts';
import { fuzz } from './fuzz.ts';
import { demand, expectSame } from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import { readJson } from './read-json.ts';

const refusal = callFailure('refused', 'it refuses the service');

const client = {
    name: 'work',
    uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
    state: 'served',
    reason: '',
    port: 8101,
    rules: 3,
    draining: 0,
    wider: 0,
};
const ended = [
    {
        name: 'work',
        uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
        connections: 2,
    },
];
const report = {
    agent: '0.1.0',
    tinyproxy: '1.11.1',
    steps: ['load the nftables table inet qubes-filterproxy'],
    clients: [client],
    ended,
};
const answer = {
    service: 'qubes.FilterProxy',
    version: 1,
    error: null,
    report,
};
const held = {
    ...client,
    name: 'banking',
    uuid: '7972106e-38f8-4b96-ad18-fbd61967ca90',
    state: 'held',
    reason: 'its rules have an error: nothing new is in force',
    port: null,
};

const timings = [
    { what: 'nft --echo --file -', began: 97, ended: 104 },
    { what: 'all of it', began: 0, ended: 105 },
];

const values = [
    answer,
    { ...answer, report: { ...report, steps: [], clients: [], ended: [] } },
    { ...answer, report: { ...report, clients: [client, held] } },
    { ...answer, error: { code: 'stale', message: 'newer' }, report: null },
    { ...answer, timings },
    { ...answer, timings: [] },
];

const words = [
    ...errorCodes,
    ...[
        'served',
        'held',
        'closed',
        'open',
        'qubes.FilterProxy',
        'work',
        'dom0',
    ],
    ...['\x1b[2J\x1b[31m', '\u202ework', '\x07', '\r', 'x'.repeat(999)],
    ...[
        'x'.repeat(1001),
        '../../etc',
        'service',
        'version',
        'report',
        'clients',
    ],
];

test('an answer that was tampered with is refused, or is another one', () => {
    fuzz({
        line: "agent's answer",
        share: 0.5,
        next: jsonInputs(20261124, { values, words }),
        parse: (bytes) => {
            const read = readOutcome(refusal, outcome({ stdout: bytes }));
            return read.ok
                ? read
                : err(`${read.error.kind}: ${read.error.message}`);
        },
        check: (value, bytes) => {
            const said = readJson(bytes);
            demand(said instanceof Map, 'an answer');
            const timed = said.get('timings');
            demand(said.size === (timed === undefined ? 4 : 5), 'its keys');
            demand(said.get('service') === 'qubes.FilterProxy', 'service');
            demand(said.get('version') === 1, 'version');
            demand(said.get('error') === null, 'error');
            const given = said.get('report');
            demand(given !== undefined, 'report');
            checkReport(given);
            expectSame(value, given);
            if (timed !== undefined) {
                checkTimings(timed);
                expectSame(timingsIn(outcome({ stdout: bytes })), timed);
            }
        },
    });
});
