import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    parseNames,
    parseQvmLs,
    parseQvmPrefs,
    qvmLsFields,
} from '../../dom0/core/parse-tool-output.ts';
import { parseQubeName } from '../../shared/domain/qube-name.ts';
import { exampleQubes, exampleWith, qvmLs, qvmPrefs } from './fake-qubes.ts';
import { captured } from './golden.ts';

const seed = 20261123;

describe('the listing of qvm-prefs', () => {
    test('is read as the real one prints it', () => {
        expect(parseQvmPrefs(captured('prefs-work'))).toEqual({
            ok: true,
            value: {
                name: 'work',
                uuid: '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
                class: 'AppVM',
                xid: 4,
                stubdomXid: null,
                netvm: 'sys-filter',
                ip4: '10.137.0.5',
                ip6: null,
                gateway4: '10.137.0.4',
                gateway6: null,
                providesNetwork: false,
                template: 'fedora-41',
                isDisposableTemplate: false,
            },
        });
    });

    test('tells a halted qube by its xid', () => {
        expect(parseQvmPrefs(captured('prefs-halted'))).toMatchObject({
            value: { name: 'personal', xid: null, netvm: 'sys-firewall' },
        });
    });

    test('tells a qube without netvm, which has no address', () => {
        expect(parseQvmPrefs(captured('prefs-vault'))).toMatchObject({
            value: { name: 'vault', netvm: null, ip4: null, gateway4: null },
        });
    });

    test('of a template is a qube without disposables', () => {
        expect(parseQvmPrefs(captured('prefs-template'))).toMatchObject({
            value: { class: 'TemplateVM', isDisposableTemplate: false },
        });
    });

    test('of dom0 is no qube', () => {
        expect(parseQvmPrefs(captured('prefs-dom0'))).toEqual({
            ok: true,
            value: null,
        });
    });

    test.each([
        ['a property twice', 'netvm  -  sys-net\nnetvm  -  sys-filter\n'],
        ['no property', 'Traceback (most recent call last):\n'],
        ['nothing at all', ''],
        ['a line cut short', captured('prefs-dom0').slice(0, -1)],
    ])('with %s is refused', (_, text) => {
        expect(parseQvmPrefs(text).ok).toBe(false);
    });
});

describe('the listing of qvm-ls', () => {
    const good = qvmLs(exampleQubes, qvmLsFields);

    test('is read, dom0 left out', () => {
        const system = parseQvmLs(good);
        expect(system.ok && [...system.value.keys()]).toEqual(
            exampleQubes.map(({ name }) => name),
        );
    });

    test('says the same as qvm-prefs', () => {
        for (const qube of exampleQubes) {
            const listed = parseQvmLs(good);
            const alone = parseQvmPrefs(qvmPrefs(qube));
            const name = parseQubeName(qube.name);
            expect(
                listed.ok && name.ok && listed.value.get(name.value),
            ).toEqual(alone.ok && alone.value);
        }
    });

    test.each([
        'uuid',
        'xid',
        'provides_network',
        'template',
        'template_for_dispvms',
        'ip',
    ])('that does not know the column %s is refused', (column) => {
        // The real one prints `-` in every line then, and exits with 0.
        const fields = qvmLsFields.replace(column, 'nosuch');
        expect(parseQvmLs(qvmLs(exampleQubes, fields)).ok).toBe(false);
    });

    test.each([
        ['nothing', ''],
        ['no dom0', good.replace(/^dom0.*\n/, '')],
        ['a line cut short', good.slice(0, -5)],
        ['a line too long', good.replace('\n', '|x\n')],
        ['a qube twice', `${good + good.split('\n')[1]}\n`],
        ['its end missing', `${good.split('\n').slice(0, 4).join('\n')}\n`],
        ['a bad name', good.replace('\nwork|', '\n../work|')],
        ['a bad address', good.replace('10.137.0.5', '10.137.0.05')],
        ['escape sequences', good.replace('\nwork|', '\n\x1b[2Jwork|')],
    ])('with %s is refused', (_, text) => {
        const result = parseQvmLs(text);
        expect(result.ok).toBe(false);
        expect(!result.ok && result.error).toMatch(/^[\x20-\x7e]*$/);
    });

    test('names what is wrong with which qube', () => {
        const text = qvmLs(exampleWith({ name: 'work', ip: 'x' }), qvmLsFields);
        expect(parseQvmLs(text)).toEqual({
            ok: false,
            error: "work: ip is 'x', not an IPv4 address",
        });
    });

    test('never breaks the parser, whatever it is', () => {
        const mutation = fc.record({
            at: fc.nat(good.length),
            drop: fc.nat(20),
            put: fc.oneof(fc.string({ maxLength: 8 }), fc.constant('|-|')),
        });
        fc.assert(
            fc.property(mutation, ({ at, drop, put }) => {
                const text = good.slice(0, at) + put + good.slice(at + drop);
                const system = parseQvmLs(text);
                for (const qube of system.ok ? system.value.values() : []) {
                    expect(parseQubeName(qube.name).ok).toBe(true);
                    expect(qube.xid === null || qube.xid > 0).toBe(true);
                }
            }),
            { seed, numRuns: 2000 },
        );
    });
});

describe('the list of qubes with a tag', () => {
    test('has the names, and dom0 is none', () => {
        expect(parseNames(captured('ls-tags'))).toEqual({
            ok: true,
            value: new Set(['work']),
        });
        expect(parseNames('dom0\nwork\n')).toEqual({
            ok: true,
            value: new Set(['work']),
        });
        expect(parseNames('')).toEqual({ ok: true, value: new Set() });
    });

    test.each(['work', 'work\n\n', 'no qube\n', 'work|Running\n'])(
        'that is cut short or has something else, %j, is refused',
        (text) => {
            expect(parseNames(text).ok).toBe(false);
        },
    );
});
