// What a ProxyVM says of itself when it is examined, tampered with.
import { test } from 'vitest';
import { readExamination } from '../../dom0/core/doctor/read-examination.ts';
import { errorCodes } from '../../shared/protocol/answer.ts';
import { err } from '../../shared/result.ts';
import { fuzz } from './fuzz.ts';
import {
    anyText,
    type Check,
    canonicalIp,
    demand,
    exactly,
    expectSame,
    list,
    name,
    number,
    object,
    text,
    uuid,
} from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import { readJson } from './read-json.ts';

const resolver = { address: '10.139.1.1', answers: true, isPermitted: false };
const proxy = {
    name: 'work',
    uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
    port: 8101,
    isAlive: true,
    hasDoor: false,
};
const examination = {
    agent: '0.1.0',
    tinyproxy: { version: '1.11.1', unfit: '' },
    table: 'ours',
    inputRules: { ip: 'ours', ip6: 'no-chain' },
    qubesFirewall: { isActive: true, ip: true, ip6: true },
    resolvers: [resolver, { ...resolver, address: 'fd00::1' }],
    proxies: [proxy],
};
const answer = {
    service: 'qubes.FilterProxy',
    version: 1,
    error: null,
    examination,
};

const values = [
    answer,
    {
        ...answer,
        examination: { ...examination, resolvers: [], proxies: [] },
    },
    {
        ...answer,
        error: { code: 'busy', message: 'later' },
        examination: null,
    },
    {
        service: 'qubes.FilterProxy',
        version: 1,
        error: { code: 'request', message: 'no such verb' },
        report: null,
    },
];

const words = [
    ...errorCodes,
    ...[
        'absent',
        'foreign',
        'ours',
        'no-chain',
        '10.139.1.256',
        '::ffff:1.1.1.1',
    ],
    ...['\x1b[2J\x1b[31m', '\u202ework', '\x07', '\r', 'x'.repeat(999)],
    ...['x'.repeat(1001), 'dom0', 'version', 'examination', 'isAlive', 'port'],
    ...['isActive', 'ip6'],
];

const truth: Check = exactly(true, false);
const state = ['absent', 'foreign', 'ours'];

const checkExamination: Check = object({
    agent: anyText,
    tinyproxy: object({ version: anyText, unfit: anyText }),
    table: exactly(...state),
    inputRules: object({
        ip: exactly(...state, 'no-chain'),
        ip6: exactly(...state, 'no-chain'),
    }),
    qubesFirewall: object({ isActive: truth, ip: truth, ip6: truth }),
    resolvers: list(
        8,
        object({
            address: (value) => {
                demand(typeof value === 'string', 'an address');
                canonicalIp(value);
            },
            answers: truth,
            isPermitted: truth,
        }),
    ),
    proxies: list(
        478,
        object({
            name: text(name),
            uuid: text(uuid),
            port: number(1, 65_535),
            isAlive: truth,
            hasDoor: truth,
        }),
    ),
});

test('an examination that was tampered with is refused, or is another one', () => {
    fuzz({
        line: "agent's answer, examination",
        share: 0.25,
        next: jsonInputs(20261128, { values, words }),
        parse: (bytes) => {
            const read = readExamination(bytes);
            return read.ok
                ? read
                : err(`${read.error.kind}: ${read.error.message}`);
        },
        check: (value, bytes) => {
            const said = readJson(bytes);
            demand(said instanceof Map && said.size === 4, 'an answer');
            demand(said.get('service') === 'qubes.FilterProxy', 'service');
            demand(said.get('version') === 1, 'version');
            demand(said.get('error') === null, 'error');
            const given = said.get('examination');
            demand(given !== undefined, 'examination');
            checkExamination(given);
            expectSame(value, given);
        },
    });
});
