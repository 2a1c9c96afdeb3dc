import fc from 'fast-check';
import { test } from 'vitest';
import { parseConfinedLine } from '../../shared/pattern/index.ts';
import {
    desiredState,
    type Filter,
    stopRequest,
} from '../../shared/protocol/desired-state.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { confinedLine } from '../pattern/confined-line.ts';
import { clients } from '../proxyvm/arbitraries.ts';
import { ConfinedLines } from './confined-lines.ts';
import { checkStopRequest, desiredStateCheck } from './documents.ts';
import { fuzz } from './fuzz.ts';
import { type Check, demand, expectSame } from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import type { Json } from './mutate-json.ts';
import { readJson, type Value } from './read-json.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261124;
const issued = { boot: '0f6d4d4e-5d3f-4a8e-9f55-2a3d1f8f1c11', counter: 7 };

const filterLines = [
    '^a\\.test$',
    '^(a|b[0-9]{2})+$',
    '[.]b$',
    '^fd::1$',
    '^10\\.0\\.0\\.1$',
].map(confinedLine);

const words = [
    ...filterLines,
    ...['.*', "\\`.*\\'", "\\`a#b\\'", "\\`a\\'\n", '^a$', "\\`(a\\'|b\\')"],
    ...["\\`[^a]\\'", "\\`a{9999}\\'", "\\`\\(a\\)\\1\\'", "\\`127.0.0.1\\'"],
    ...['work', 'banking', 'dom0', 'Domain-0', 'x-dm', 'none', 'deny', 'allow'],
    ...['192.168.1.0/24', '192.168.0.0/16', '10.0.0.0/8', '0.0.0.0/1'],
    ...['.a.test', 'A.test', 'a.test"', 'http', 'socks5', '127.0.0.1'],
    ...['refused', 'all', 'end', 'keep', 'version', 'clients', 'filter'],
    ...['10.137.0.5', '10.137.0.6', '10.137.0.256', '010.1.1.1', '1.2.3'],
    ...['fd09::5', 'FD09:0::0005', '::ffff:1.2.3.4', 'fe80::1%lo', '::', ':::'],
    ...['8e924faf-82d6-4601-9320-8dfd5c4fcf6e', issued.boot],
];

function withRealLine(filter: Filter | null, which: number) {
    return (
        filter && {
            ...filter,
            lines: filter.lines
                .slice(0, 1)
                .map(() => filterLines[which % filterLines.length] ?? ''),
        }
    );
}

/** Small documents as dom0 sends them, with real filter lines. */
const drawn = fc.sample(clients, { seed, numRuns: 60 });
const documents = [
    ...drawn.filter((each) => each.length < 2),
    ...drawn.filter((each) => each.length === 2).slice(0, 2),
].map((each, at) => ({
    version: 1,
    issued,
    clients: each.map((client, slot) => ({
        ...client,
        filter: withRealLine(client.filter, at + slot),
        deadlines: client.deadlines.map((deadline) => ({
            ...deadline,
            filter: withRealLine(deadline.filter, at + slot),
        })),
    })),
}));

test('a desired state that was tampered with is refused, or is another one', async () => {
    const lines = new ConfinedLines();
    const check = desiredStateCheck((line) => lines.add(line));
    fuzz({
        line: 'agent stdin, desired state',
        share: 0.5,
        next: jsonInputs(seed, { values: documents as Json[], words }),
        parse: (bytes) => decode(desiredState, bytes, limits.requestBytes),
        check: (value, bytes) =>
            checkDocument(value, bytes, (said) => {
                check(said);
                checkDistinct(said);
            }),
    });
    await lines.expectHarmless();
});

test('a filter line that was tampered with is refused, or is confined', async () => {
    const lines = new ConfinedLines();
    fuzz({
        line: 'agent stdin, filter line',
        share: 0.3,
        next: textInputs(seed, filterLines, [...words, '|', ']', '{2}', '\\.']),
        parse: (bytes) => parseConfinedLine(bytes.toString('utf8')),
        check: (line, bytes) => {
            demand(line === bytes.toString('utf8'), line);
            lines.add(line);
        },
    });
    await lines.expectHarmless();
});

test('a stop request that was tampered with is refused, or is another one', () => {
    const values = [0, 7, 123_456_789_012].map((counter) => ({
        version: 1,
        issued: { ...issued, counter },
    }));
    fuzz({
        line: 'agent stdin, stop',
        share: 0.2,
        next: jsonInputs(seed, { values, words }),
        parse: (bytes) => decode(stopRequest, bytes, limits.requestBytes),
        check: (value, bytes) => checkDocument(value, bytes, checkStopRequest),
    });
});

function checkDocument(value: unknown, bytes: Buffer, check: Check): void {
    const said = readJson(bytes);
    check(said);
    expectSame(value, said);
}

/** Each client has a name, a uuid and at least one address of its own. */
function checkDistinct(document: Value): void {
    const all = (document as ReadonlyMap<string, Value>).get('clients');
    const seen = new Set<Value>();
    for (const client of all as ReadonlyMap<string, Value>[]) {
        const addresses = ['ip4', 'ip6'].flatMap((family) => {
            const attached = client.get(family);
            return attached instanceof Map ? [attached.get('client')] : [];
        });
        demand(addresses.length > 0, 'a client without an address');
        const own = [client.get('name'), client.get('uuid'), ...addresses];
        for (const each of own as Value[]) {
            demand(!seen.has(each), `two clients with ${String(each)}`);
            seen.add(each);
        }
    }
}
