import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIp4, parseIp6 } from '../../shared/domain/address.ts';
import { parseQubeName } from '../../shared/domain/qube-name.ts';
import { parseUuid } from '../../shared/domain/uuid.ts';
import { toPrintable } from '../../shared/printable.ts';

const seed = 20261123;

describe('a qube name', () => {
    test.each([
        'work',
        'sys-net',
        'a',
        'None',
        'with.dot',
        'x_Y-9',
        'a'.repeat(31),
    ])('takes %s', (name) => {
        expect(parseQubeName(name)).toEqual({ ok: true, value: name });
    });

    test.each([
        '',
        'dom0',
        'Domain-0',
        'none',
        'default',
        'x-dm',
        '1work',
        '-work',
        'wörk',
        'a b',
        'a/b',
        'work\n',
        '@anyvm',
        'a'.repeat(32),
    ])('refuses %j', (name) => {
        expect(parseQubeName(name).ok).toBe(false);
    });
});

describe('an IPv4 address', () => {
    test.each(['10.137.0.5', '0.0.0.0', '255.255.255.255'])(
        'takes %s',
        (text) => {
            expect(parseIp4(text)).toEqual({ ok: true, value: text });
        },
    );

    test.each([
        '',
        '10.137.0',
        '10.137.0.256',
        '010.1.1.1',
        '10.137.0.5\n',
        ' 10.137.0.5',
        '0x7f.0.0.1',
        '1.2.3.4.5',
    ])('refuses %j', (text) => {
        expect(parseIp4(text).ok).toBe(false);
    });
});

describe('an IPv6 address', () => {
    test.each([
        ['fd09:24ef:4179:0:0:0:a89:5', 'fd09:24ef:4179::a89:5'],
        ['FD09:24EF:4179::A89:5', 'fd09:24ef:4179::a89:5'],
        ['::', '::'],
        ['::ffff:1.2.3.4', '::ffff:102:304'],
        ['::10.0.0.1', '::a00:1'],
        ['::1', '::1'],
        ['1::', '1::'],
        ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
        ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
        ['0:0:1:0:0:1:0:0', '::1:0:0:1:0:0'],
    ])('reads %s as %s', (text, canonical) => {
        expect(parseIp6(text)).toEqual({ ok: true, value: canonical });
    });

    test.each([
        '',
        ':',
        ':::',
        '1::2::3',
        '1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:8:9',
        '1:2:3:4:5:6:7::8',
        '::12345',
        'fe80::1%eth0',
        '::ffff:1.2.3.256',
        '1.2.3.4',
        '::1.2.3.4:5',
        '::1\n',
        'g::1',
    ])('refuses %j', (text) => {
        expect(parseIp6(text).ok).toBe(false);
    });

    test('has one spelling', () => {
        fc.assert(
            fc.property(fc.ipV6(), (text) => {
                const first = parseIp6(text);
                fc.pre(first.ok);
                expect(parseIp6(first.ok ? first.value : '')).toEqual(first);
            }),
            { seed },
        );
    });
});

describe('a UUID', () => {
    test('is lower case with dashes, and nothing else', () => {
        const uuid = '8e924faf-82d6-4601-9320-8dfd5c4fcf6e';
        expect(parseUuid(uuid).ok).toBe(true);
        expect(parseUuid(uuid.toUpperCase()).ok).toBe(false);
        expect(parseUuid(`${uuid}\n`).ok).toBe(false);
        expect(parseUuid(uuid.replaceAll('-', '')).ok).toBe(false);
    });
});

describe('text of another qube', () => {
    test('becomes printable ASCII on one line, bounded', () => {
        fc.assert(
            fc.property(
                fc.string({ unit: 'binary', maxLength: 900 }),
                (text) => {
                    expect(toPrintable(text)).toMatch(/^[\x20-\x7e]{0,400}$/);
                },
            ),
            { seed, numRuns: 2000 },
        );
    });

    test('says that there was more', () => {
        expect(toPrintable('abcdefghij', 10)).toBe('abcdefghij');
        expect(toPrintable('abcdefghijk', 10)).toBe('abcdefg...');
    });

    test('keeps what is harmless', () => {
        expect(toPrintable('no \x1b[31mred\x07, caf\u00e9\n')).toBe(
            'no _[31mred_, caf_',
        );
    });
});
