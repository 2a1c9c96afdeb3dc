// What `check` says, against the C library that tinyproxy decides with.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decider } from '../../dom0/core/decide.ts';
import type { EffectiveRules } from '../../dom0/core/effective-rules.ts';
import { parseRuleText, type StoredRule } from '../../dom0/core/rule-file.ts';
import { defaultSettings } from '../../dom0/core/settings/filter-settings.ts';
import { parseTarget } from '../../dom0/core/target.ts';
import { isUnreachable } from '../../dom0/core/unreachable.ts';
import { parseIp4, parseIp6 } from '../../shared/domain/address.ts';
import { oddNameLines } from '../../shared/pattern/index.ts';
import { hostWalker } from '../pattern/host-walker.ts';
import { Random } from '../pattern/random.ts';
import {
    randomHost,
    randomOddSubject,
    randomPattern,
} from '../pattern/random-patterns.ts';
import { buildRegexOracle, type RegexOracle } from '../pattern/regex-oracle.ts';

const seed = 20261124;
let oracle: RegexOracle;

beforeAll(async () => {
    oracle = await buildRegexOracle();
});
afterAll(() => oracle?.remove());

/** These rules as the only ones of a qube. */
function effective(
    rules: readonly StoredRule[],
    byDefault: EffectiveRules['default'] = 'deny',
): EffectiveRules {
    const file = 'qubes/work.rules';
    const over = new Set<StoredRule>();
    return {
        default: byDefault,
        files: [{ file, via: [], rules, over }],
        isLasting: false,
        learnsUntil: null,
        watchedUntil: null,
        settings: defaultSettings,
    };
}

/** Rule files of a few random rules, and hosts that some of them match. */
function randomFiles(count: number) {
    const random = new Random(seed);
    return Array.from({ length: count }, () => {
        const patterns = random.several(1, 6, () => randomPattern(random));
        const rules = patterns.flatMap((pattern) => {
            const file = parseRuleText('qubes/work.rules', `${pattern}\n`);
            return file.ok ? file.value.rules : [];
        });
        const hosts = rules.flatMap(({ expression }): string[] => {
            const host =
                hostWalker(expression)(random) ??
                randomHost(random, expression);
            return [host, randomOddSubject(random, host)];
        });
        return { rules, hosts };
    });
}

test('a rule is named exactly when regexec finds it in the host', async () => {
    const files = randomFiles(2_000);
    const verdicts = await oracle.match(
        files.flatMap(({ rules, hosts }) =>
            rules.map(({ confined }) => ({
                pattern: confined,
                subjects: hosts,
            })),
        ),
    );
    let at = 0;
    let matches = 0;
    const differences: unknown[] = [];
    for (const { rules, hosts } of files) {
        const answers = verdicts.slice(at, at + rules.length);
        at += rules.length;
        for (const [nth, host] of hosts.entries()) {
            const target = { host, scheme: null, port: null };
            const { matching, refused } = decider(effective(rules))({
                ...target,
                isRewritten: false,
            });
            const expected = rules.filter((_, rule) => answers[rule]?.[nth]);
            matches += expected.length;
            const named = matching.map(({ rule }) => rule);
            const isRight =
                named.length === expected.length &&
                named.every((rule, index) => rule === expected[index]) &&
                (refused?.kind === 'no-rule') === (expected.length === 0);
            if (!isRight) {
                differences.push({ host, named, expected });
            }
        }
    }
    expect(differences).toEqual([]);
    expect(matches).toBeGreaterThan(1_000);
});

test('on a block list a host is refused exactly when tinyproxy finds a line in it', async () => {
    const files = randomFiles(1_000).map(({ rules, hosts }) => ({
        rules,
        hosts: hosts.flatMap((host) => [host, `x.${host}.test`]),
    }));
    const verdicts = await oracle.match(
        files.flatMap(({ rules, hosts }) =>
            [...rules.map(({ confined }) => confined), ...oddNameLines].map(
                (pattern) => ({ pattern, subjects: hosts }),
            ),
        ),
    );
    let at = 0;
    let allowed = 0;
    const differences: unknown[] = [];
    for (const { rules, hosts } of files) {
        const lines = rules.length + oddNameLines.length;
        const answers = verdicts.slice(at, at + lines);
        at += lines;
        for (const [nth, host] of hosts.entries()) {
            const target = { host, scheme: null, port: null };
            const { refused } = decider(effective(rules, 'allow'))({
                ...target,
                isRewritten: false,
            });
            const isFound = answers.some((answer) => answer?.[nth]);
            allowed += isFound ? 0 : 1;
            if ((refused !== null) !== isFound) {
                differences.push({ host, refused, isFound });
            }
        }
    }
    expect(differences).toEqual([]);
    expect(allowed).toBeGreaterThan(20);
});

describe('a target', () => {
    test('that is a host is matched as it is typed', () => {
        const host = fc.stringMatching(/^[A-Za-z0-9._-]{1,60}$/);
        fc.assert(
            fc.property(host, (typed) => {
                const target = parseTarget(typed);
                expect(target).toMatchObject({
                    ok: true,
                    value: { host: typed, port: null, isRewritten: false },
                });
            }),
            { seed },
        );
    });

    test('of any form is one or an error, and never has a port in its host', () => {
        const typed = fc.oneof(
            fc.string(),
            fc.webUrl(),
            fc.ipV6(),
            fc
                .tuple(fc.ipV6(), fc.nat())
                .map(([ip, port]) => `[${ip}]:${port}`),
            fc.tuple(fc.domain(), fc.nat()).map((parts) => parts.join(':')),
        );
        fc.assert(
            fc.property(typed, (each) => {
                const target = parseTarget(each);
                if (target.ok) {
                    const { host, port } = target.value;
                    expect(host).not.toMatch(/^$|[/@]|^[^:]*:[0-9]+$/);
                    expect(port ?? 443).toBeLessThan(65_536);
                }
            }),
            { seed, numRuns: 2_000 },
        );
    });
});

describe('a public address', () => {
    const ip4 = (text: string) => {
        const parsed = parseIp4(text);
        return parsed.ok ? parsed.value : expect.fail(text);
    };
    const ip6 = (text: string) => {
        const parsed = parseIp6(text);
        return parsed.ok ? parsed.value : expect.fail(text);
    };

    test.each([
        ['10.255.255.255', '11.0.0.0'],
        ['172.31.255.255', '172.32.0.0'],
        ['100.127.255.255', '100.128.0.0'],
        ['192.168.255.255', '192.169.0.0'],
        ['127.0.0.1', '128.0.0.0'],
        ['0.0.0.0', '1.0.0.0'],
        ['224.0.0.0', '223.255.255.255'],
        ['255.255.255.255', '9.255.255.255'],
    ])('is not %s, but %s is', (closed, open) => {
        expect(isUnreachable(ip4(closed))).toBe(true);
        expect(isUnreachable(ip4(open))).toBe(false);
    });

    test.each([
        ['::1', '2000::'],
        ['fe80::1', '2606:4700::1111'],
        ['fd00::1', '2001:4860:4860::8888'],
        ['::ffff:8.8.8.8', '2001:200::'],
        ['2001::1', '2003::1'],
        ['2001:db8::1', '2001:db9::1'],
        ['2002:a00:1::', '3ffe::1'],
        ['3fff::1', '3fff:1000::'],
        ['64:ff9b::808:808', '2a00:1450::'],
        ['ff02::1', '3000::'],
    ])('is not %s, but %s is', (closed, open) => {
        expect(isUnreachable(ip6(closed))).toBe(true);
        expect(isUnreachable(ip6(open))).toBe(false);
    });
});
