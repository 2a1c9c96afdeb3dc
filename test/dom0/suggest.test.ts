// The rules that are suggested of what a qube asked for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    domainInList,
    registrableDomain,
} from '../../dom0/core/registrable.ts';
import {
    type AskedHost,
    leastHosts,
    type Suggested,
    suggest,
} from '../../dom0/core/suggest.ts';
import {
    type ConfinedLine,
    confineExpression,
    matches,
    narrow,
} from '../../shared/pattern/index.ts';

const seed = 20261128;

function asked(...hosts: readonly string[]): AskedHost[] {
    return hosts.map((host) => ({ host, count: 1 }));
}

function patternsOf({ suggestions }: Suggested): string[] {
    return suggestions.map(({ pattern }) => pattern);
}

/** As `allow` would store it, and a proxy would get it. */
function lineOf(pattern: string): ConfinedLine {
    const narrowed = narrow(pattern);
    const line = confineExpression(
        narrowed.ok ? narrowed.value.stored : expect.fail(pattern),
    );
    return line.ok ? line.value : expect.fail(pattern);
}

describe('what is suggested', () => {
    test('is a rule for each host of a domain with few', () => {
        const { suggestions } = suggest(
            asked('b.example.com', 'a.example.com'),
            [],
        );
        expect(suggestions.map(({ pattern }) => pattern)).toEqual([
            'a.example.com',
            'b.example.com',
        ]);
    });

    test('is one rule for all of a domain with many', () => {
        const hosts = asked('a.example.com', 'b.example.com', 'example.com');
        expect(suggest(hosts, []).suggestions).toEqual([
            { pattern: '.example.com', domain: 'example.com', hosts, count: 3 },
        ]);
    });

    test('is no rule for a domain below which others register', () => {
        const hosts = ['a.amazonaws.com', 'b.amazonaws.com', 'c.amazonaws.com'];
        expect(patternsOf(suggest(asked(...hosts), []))).toEqual(hosts);
    });

    test('keeps what is of different registrants apart', () => {
        const hosts = [
            'a.github.io',
            'b.github.io',
            'c.github.io',
            'd.github.io',
        ];
        expect(patternsOf(suggest(asked(...hosts), []))).toEqual(hosts);
    });

    test('comes in the order of how often it was asked for', () => {
        const hosts = [
            { host: 'a.test', count: 2 },
            { host: 'b.test', count: 30 },
            { host: 'A.test', count: 40 },
        ];
        expect(suggest(hosts, []).suggestions).toMatchObject([
            { pattern: 'a.test', count: 42 },
            { pattern: 'b.test', count: 30 },
        ]);
    });

    test('leaves out what the rules let through', () => {
        const lines = [lineOf('.example.com'), lineOf('^x[0-9]+\\.test$')];
        const hosts = asked('a.example.com', 'x1.test', 'new.test');
        const suggested = suggest(hosts, lines);
        expect(patternsOf(suggested)).toEqual(['new.test']);
        expect(suggested.allowed).toBe(2);
    });

    test.each([
        ['com', 'odd-name'],
        ['github.io', 'public-suffix'],
        ['s3.amazonaws.com', 'public-suffix'],
        ['co.uk', 'public-suffix'],
        ['192.0.2.1', 'odd-name'],
        ['127.1', 'odd-name'],
        ['2001:db8::1', 'odd-name'],
        ['a.test.', 'odd-name'],
        ['a..test', 'odd-name'],
        ['.a.test', 'odd-name'],
        ['*.a.test', 'odd-name'],
        ['^a\\.test$', 'odd-name'],
        ['a.test|b.test', 'odd-name'],
        ['a.test\nb.test', 'odd-name'],
        ['\x1b]0;evil\x07.test', 'odd-name'],
        ['bücher.test', 'odd-name'],
        [`${'a'.repeat(64)}.test`, 'odd-name'],
    ])('is nothing for %j', (host, why) => {
        const { suggestions, leftOut } = suggest(asked(host), []);
        expect(suggestions).toEqual([]);
        expect(leftOut).toMatchObject([{ why }]);
    });
});

const label = fc.stringMatching(/^[a-z0-9_-]{1,6}$/);
const suffix = fc.constantFrom(
    'com',
    'co.uk',
    'github.io',
    'kawasaki.jp',
    'amazonaws.com',
    's3.amazonaws.com',
    'test',
    'example.com',
    'example.co.uk',
);
const name = fc
    .tuple(fc.array(label, { maxLength: 2 }), suffix)
    .map(([labels, end]) => [...labels, end].join('.'));
const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.ipV4(),
    fc.ipV6(),
    name.map((host) => `${host}.`),
    name.map((host) => `x?${host}`),
);
const request = fc.record({
    host: fc.oneof({ arbitrary: name, weight: 6 }, hostile),
    count: fc.integer({ min: 1, max: 1000 }),
});
const requests = fc.array(request, { maxLength: 40, size: 'max' });
const ruled = fc.array(
    fc
        .constantFrom('.example.com', 'a.test', '*.co.uk', '^x[a-z]*\\.com$')
        .map(lineOf),
    { maxLength: 2 },
);

describe('whatever was asked for', () => {
    test('each rule lets through what it claims, and all is claimed once', () => {
        fc.assert(
            fc.property(requests, ruled, (some, lines) => {
                const { suggestions, leftOut, allowed } = suggest(some, lines);
                for (const { pattern, hosts, count } of suggestions) {
                    const line = lineOf(pattern);
                    expect(hosts.every(({ host }) => matches(line, host))).toBe(
                        true,
                    );
                    const sum = hosts.reduce(
                        (all, each) => all + each.count,
                        0,
                    );
                    expect(count).toBe(sum);
                }
                const claimed = suggestions.flatMap(({ hosts }) => hosts);
                const names = new Set(
                    some.map(({ host }) => host.toLowerCase()),
                );
                expect(claimed.length + leftOut.length + allowed).toBe(
                    names.size,
                );
            }),
            { seed },
        );
    });

    test('no rule matches a host of anybody else', () => {
        fc.assert(
            fc.property(requests, name, (some, other) => {
                const { suggestions } = suggest(some, []);
                for (const { pattern, hosts } of suggestions) {
                    const owners = hosts.map(({ host }) => domainInList(host));
                    const isOthers =
                        !owners.includes(domainInList(other)) ||
                        domainInList(other) === null;
                    expect(isOthers && matches(lineOf(pattern), other)).toBe(
                        false,
                    );
                }
            }),
            { seed, numRuns: 1000 },
        );
    });

    test('no rule is for a public suffix, an address or an odd name', () => {
        fc.assert(
            fc.property(requests, (some) => {
                for (const { pattern } of suggest(some, []).suggestions) {
                    expect(pattern).toMatch(/^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)+$/);
                    const host = pattern.replace(/^\./, '');
                    expect(domainInList(host)).not.toBeNull();
                }
            }),
            { seed },
        );
    });

    test('they are as few as can be: a domain is one rule, or has few hosts', () => {
        fc.assert(
            fc.property(requests, (some) => {
                const { suggestions } = suggest(some, []);
                const whole = suggestions.filter(({ pattern }) =>
                    pattern.startsWith('.'),
                );
                const single = suggestions.filter(
                    (each) => !whole.includes(each),
                );
                for (const { domain, hosts } of whole) {
                    expect(hosts.length).toBeGreaterThanOrEqual(leastHosts);
                    expect(registrableDomain(domain)).toBe(domain);
                    expect(single.some((each) => each.domain === domain)).toBe(
                        false,
                    );
                }
                for (const { domain } of single) {
                    const same = single.filter(
                        (each) => each.domain === domain,
                    );
                    const isShared = registrableDomain(domain) === null;
                    expect(isShared || same.length < leastHosts).toBe(true);
                }
            }),
            { seed },
        );
    });
});
