import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    domainInList,
    othersBelow,
    registrableDomain,
} from '../../dom0/core/registrable.ts';

const seed = 20261128;

test('its list is bundled once, and needs no code generation', async () => {
    const { outputFiles } = await build({
        entryPoints: ['dom0/core/registrable.ts'],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        mainFields: ['module', 'main'],
        write: false,
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text).not.toMatch(/\beval\(|new Function\(/);
    expect(text.split('rulesRoot = ')).toHaveLength(2);
    expect(text.length).toBeLessThan(250_000);
});

describe('the registrable domain', () => {
    test.each([
        ['www.example.co.uk', 'example.co.uk'],
        ['a.b.Example.COM', 'example.com'],
        ['example.com', 'example.com'],
        ['a_b.example.com', 'example.com'],
        ['x.github.io', 'x.github.io'],
        ['a.x.github.io', 'x.github.io'],
        ['b.s3.amazonaws.com', 'b.s3.amazonaws.com'],
        ['a.www.ck', 'www.ck'],
        ['a.city.kawasaki.jp', 'city.kawasaki.jp'],
        ['a.b.allowed.test', 'allowed.test'],
        ['bar.xn--55qx5d.cn', 'bar.xn--55qx5d.cn'],
    ])('of %s is %s', (host, domain) => {
        expect(registrableDomain(host)).toBe(domain);
        expect(domainInList(host)).toBe(domain);
    });

    test.each([
        'com',
        'co.uk',
        'github.io',
        's3.amazonaws.com',
        'foo.ck',
        'kawasaki.jp',
        'test',
        'localhost',
        '',
        '.',
        'a..example.com',
        '.example.com',
        'example.com.',
        '192.0.2.1',
        '127.1',
        '0x7f.1',
        '2130706433',
        '2001:db8::1',
        '[2001:db8::1]',
        'example.com:443',
        'http://example.com/',
        'exa mple.com',
        'example.com\n',
        'bücher.example',
        `${'a'.repeat(64)}.example.com`,
        `${'a.'.repeat(125)}example.com`,
    ])('is none of %j', (host) => {
        expect(registrableDomain(host)).toBeNull();
        expect(domainInList(host)).toBeNull();
    });

    test('is none where others register below it', () => {
        const host = 'console.amazonaws.com';
        expect(registrableDomain(host)).toBeNull();
        expect(domainInList(host)).toBe('amazonaws.com');
    });

    test('is the end of the host, and its own registrable domain', () => {
        const label = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
        const suffix = fc.constantFrom('com', 'co.uk', 'github.io', 'test');
        const host = fc
            .tuple(fc.array(label, { maxLength: 3 }), suffix)
            .map(([labels, end]) => [...labels, end].join('.'));
        fc.assert(
            fc.property(host, (name) => {
                const found = registrableDomain(name) ?? '';
                expect(`.${name}`.endsWith(found)).toBe(true);
                expect(registrableDomain(found) ?? '').toBe(found);
            }),
            { seed },
        );
    });
});

describe('below', () => {
    test.each(['com', 'co.uk', 'github.io', 's3.amazonaws.com', 'kawasaki.jp'])(
        '%s anybody can register a name',
        (domain) => {
            expect(othersBelow(domain)).toBe('suffix');
        },
    );

    test.each(['amazonaws.com', 'fedoraproject.org'])(
        '%s others can, too',
        (domain) => {
            expect(othersBelow(domain)).toBe('suffixes-below');
        },
    );

    test.each([
        'example.co.uk',
        'github.com',
        'x.github.io',
        'www.ck',
        // What no registry has: a network of the user's own, perhaps.
        'lan',
        'home.arpa',
        'example.test',
        '192.0.2.1',
    ])('%s nobody else can, as far as is known', (domain) => {
        expect(othersBelow(domain)).toBeNull();
    });
});
