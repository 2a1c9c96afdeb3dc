import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { concernedProxyvms } from '../../dom0/core/concerned.ts';
import { desiredState } from '../../dom0/core/desired-state.ts';
import { type Placements, place } from '../../dom0/core/place.ts';
import { runningQubes } from '../../dom0/core/qube.ts';
import { nobodyStopped } from '../../dom0/core/stopped.ts';
import { parseUuid } from '../../shared/domain/uuid.ts';
import {
    desiredState as desiredStateSchema,
    type Issued,
} from '../../shared/protocol/desired-state.ts';
import { filterOfLines } from '../filters.ts';
import {
    disposable,
    exampleWith,
    type FakeQube,
    systemOf,
    uuidOf,
} from './fake-qubes.ts';
import { filesOf, nameOf, noonMoment, nothingShared } from './rules.ts';

const seed = 20261123;
const boot = parseUuid('c295b21f-d8e0-4c9d-94f7-ac61ab9c9aa5');
const issued: Issued = {
    boot: boot.ok ? boot.value : expect.fail(),
    counter: 1,
};
const oneRule = '(^|\\.)github\\.com$\n';

function placed(
    changes: readonly FakeQube[],
    texts: Readonly<Record<string, string>>,
    owners: Readonly<Record<string, string>> = {},
) {
    const system = systemOf(exampleWith(...changes));
    const files = filesOf(texts, owners);
    const placements = place({
        ...nothingShared,
        system,
        files,
        stopped: nobodyStopped,
        serve: runningQubes(system),
    });
    return { system, placements };
}

function documentOf(
    proxyvm: string,
    changes: readonly FakeQube[],
    texts: Readonly<Record<string, string>>,
) {
    const { system, placements } = placed(changes, texts);
    return desiredState(
        nameOf(proxyvm),
        system,
        placements,
        issued,
        noonMoment,
    );
}

function at(placements: Placements, qube: string) {
    return placements.get(nameOf(qube));
}

describe('a desired state', () => {
    test('has the clients with rules, their addresses and their filters', () => {
        const document = documentOf('sys-filter', [], {
            work: `${oneRule}# twice, in other words\n(^|\\.)github[.]com$\n`,
        });
        expect(document.clients).toEqual([
            {
                name: 'work',
                uuid: uuidOf('work'),
                xid: 5,
                stubdomXid: null,
                ranBefore: [],
                ip4: { client: '10.137.0.5', gateway: '10.137.0.4' },
                ip6: {
                    client: 'fd09:24ef:4179::a89:5',
                    gateway: 'fd09:24ef:4179::a89:4',
                },
                filter: filterOfLines(["\\`([a-z0-9_-]+\\.)*github\\.com\\'"]),
                deadlines: [],
                narrowing: 'end',
            },
        ]);
    });

    test('leaves out who has no rules, so that its door stays closed', () => {
        const texts = { work: '# nothing yet\n', banking: '' };
        expect(documentOf('sys-filter', [], texts).clients).toEqual([]);
    });

    test('has only the clients of that ProxyVM', () => {
        const texts = { work: oneRule, personal: oneRule };
        const names = documentOf('sys-firewall', [], texts).clients.map(
            ({ name }) => name,
        );
        expect(names).toEqual(['personal']);
    });

    test('has no filter for a client whose rule file has an error', () => {
        const texts = { work: '(\n', banking: oneRule };
        const clients = documentOf('sys-filter', [], texts).clients;
        expect(
            clients.map(({ name, filter }) => [name, filter === null]),
        ).toEqual([
            ['banking', false],
            ['work', true],
        ]);
    });

    test('serves disposables by the rules of their template', () => {
        const [client] = documentOf('sys-filter', [disposable], {
            'work-dvm': oneRule,
            disp12: '^evil\\.test$\n',
        }).clients;
        expect(client?.name).toBe('disp12');
        expect(client?.filter?.lines).toEqual([
            "\\`([a-z0-9_-]+\\.)*github\\.com\\'",
        ]);
    });

    test('serves equal last octets and addresses that a user chose', () => {
        const changes = [
            { name: 'work', ip: '10.137.0.5' },
            { name: 'banking', ip: '192.0.2.5' },
        ];
        const texts = { work: oneRule, banking: oneRule };
        expect(documentOf('sys-filter', changes, texts).clients.length).toBe(2);
    });

    test('serves a qube that starts, whose Xen domain is not known', () => {
        const system = systemOf(exampleWith({ name: 'work', xid: -1 }));
        const files = filesOf({ work: oneRule });
        const serve = new Map([[nameOf('work'), null]]);
        const placements = place({
            ...nothingShared,
            system,
            files,
            stopped: nobodyStopped,
            serve,
        });
        const document = desiredState(
            nameOf('sys-filter'),
            system,
            placements,
            issued,
            noonMoment,
        );
        const [client] = document.clients;
        expect(client).toMatchObject({ name: 'work', xid: null });
        // sys-net, sys-firewall, sys-filter, banking and others run.
        const running = [...system.values()].flatMap(({ xid }) => xid ?? []);
        expect(client?.ranBefore).toEqual(running);
        expect(client?.stubdomXid).toBeNull();
        expect(running.length).toBeGreaterThan(3);
    });
});

describe('a qube with rules is not served', () => {
    const texts = { work: oneRule, banking: oneRule };

    test.each<[string, readonly FakeQube[], object]>([
        [
            'without netvm',
            [{ name: 'work', netvm: null, ip: null, gateway: null }],
            { kind: 'no-netvm' },
        ],
        ['when halted', [{ name: 'work', xid: -1 }], { kind: 'halted' }],
        [
            'when its netvm is halted',
            [{ name: 'sys-filter', xid: -1 }],
            { kind: 'netvm-halted', netvm: 'sys-filter' },
        ],
        [
            'when it knows no gateway',
            [{ name: 'work', gateway: null, gateway6: null }],
            { kind: 'no-address' },
        ],
        [
            'when another one runs with its address',
            [{ name: 'work', ip: '10.137.0.6' }],
            {
                kind: 'same-address',
                address: '10.137.0.6',
                others: ['banking'],
            },
        ],
        [
            'when another one runs with its IPv6 address',
            [{ name: 'banking', ip6: 'fd09:24ef:4179::a89:5' }],
            { kind: 'same-address', others: ['banking'] },
        ],
        [
            'when its address is its netvm’s own',
            [{ name: 'work', ip: '10.137.0.4' }],
            { kind: 'same-address', others: ['sys-filter'] },
        ],
    ])('%s', (_, changes, reason) => {
        const { placements } = placed(changes, texts);
        expect(at(placements, 'work')).toMatchObject(reason);
    });

    test('and neither is the other one with its address', () => {
        const { placements } = placed(
            [{ name: 'work', ip: '10.137.0.6' }],
            texts,
        );
        expect(at(placements, 'banking')).toMatchObject({ others: ['work'] });
    });

    test('when one without rules runs with its address', () => {
        const { placements } = placed([{ name: 'work', ip: '10.137.0.6' }], {
            work: oneRule,
        });
        expect(at(placements, 'work')?.kind).toBe('same-address');
    });

    test('when its file was written for another qube of its name', () => {
        const { placements } = placed([], texts, { work: uuidOf('another') });
        expect(at(placements, 'work')?.kind).toBe('foreign-file');
        expect(at(placements, 'banking')?.kind).toBe('served');
    });

    test('but is when the file is recorded as its own', () => {
        const { placements } = placed([], texts, { work: uuidOf('work') });
        expect(at(placements, 'work')?.kind).toBe('served');
    });

    test('when its netvm has too many clients before it', () => {
        const many = Array.from({ length: 201 }, (_, index) => ({
            name: `q${String(index).padStart(3, '0')}`,
            netvm: 'sys-filter2',
            ip: `10.137.1.${index}`,
            gateway: '10.137.0.10',
            xid: 1000 + index,
        }));
        const { placements } = placed(
            many,
            Object.fromEntries(many.map(({ name }) => [name, oneRule])),
        );
        expect(at(placements, 'q199')?.kind).toBe('served');
        expect(at(placements, 'q200')?.kind).toBe('too-many-clients');
    });
});

test('the ProxyVM that a qube was moved away from is told as well', () => {
    const { placements } = placed([{ name: 'work', netvm: 'sys-filter2' }], {
        work: oneRule,
    });
    const told = new Map([[nameOf('sys-filter'), [nameOf('work')]]]);
    const work = new Set([nameOf('work')]);
    expect(concernedProxyvms(work, placements, told)).toEqual([
        'sys-filter',
        'sys-filter2',
    ]);
});

test('a ProxyVM that serves whom it should not any more is told, whoever changed', () => {
    const { placements } = placed(
        [
            { name: 'work', netvm: 'sys-filter', ip: '10.137.0.5' },
            { name: 'banking', netvm: 'sys-filter', ip: '10.137.0.5' },
        ],
        { work: oneRule, banking: oneRule },
    );
    const told = new Map([[nameOf('sys-filter'), [nameOf('work')]]]);
    const banking = new Set([nameOf('banking')]);
    expect(concernedProxyvms(banking, placements, told)).toEqual([
        'sys-filter',
    ]);
    expect(concernedProxyvms(new Set(), placements, new Map())).toEqual([]);
});

test('whatever runs where, every document is one the agent takes', () => {
    const names = ['work', 'banking', 'personal', 'vault', 'work-dvm'];
    const change = fc.record({
        name: fc.constantFrom(...names),
        netvm: fc.constantFrom('sys-filter', 'sys-filter2', 'sys-firewall'),
        ip: fc.constantFrom(
            '10.137.0.5',
            '10.137.0.6',
            '10.137.0.4',
            '1.2.3.4',
        ),
        ip6: fc.constantFrom(null, 'fd00::1', 'fd00::2'),
        gateway: fc.constantFrom(null, '10.137.0.4'),
        gateway6: fc.constantFrom(null, 'fd00::4'),
        xid: fc.constantFrom(-1, 5, 6, 7),
    });
    const text = fc.constantFrom('', oneRule, '(\n', '^a$\n^b$\n^a$\n');
    fc.assert(
        fc.property(
            fc.array(change),
            fc.dictionary(fc.constantFrom(...names), text),
            (changes, texts) => {
                const { system, placements } = placed(changes, texts);
                for (const proxyvm of ['sys-filter', 'sys-filter2']) {
                    const document = desiredState(
                        nameOf(proxyvm),
                        system,
                        placements,
                        issued,
                        noonMoment,
                    );
                    expect(v.is(desiredStateSchema, document)).toBe(true);
                    for (const { name } of document.clients) {
                        expect(system.get(name)?.netvm).toBe(proxyvm);
                        expect(texts[name]).not.toBe('');
                    }
                }
            },
        ),
        { seed, numRuns: 500 },
    );
});
