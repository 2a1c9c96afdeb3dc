// Which rules concern hosts that somebody names, against single hosts.
import { expect, test } from 'vitest';
import type { EffectiveRules } from '../../dom0/core/effective-rules.ts';
import { overlaps } from '../../dom0/core/overlap.ts';
import { parseRuleText, type StoredRule } from '../../dom0/core/rule-file.ts';
import { defaultSettings } from '../../dom0/core/settings/filter-settings.ts';
import { matches } from '../../shared/pattern/index.ts';
import { confinedLine } from '../pattern/confined-line.ts';
import { hostWalker } from '../pattern/host-walker.ts';
import { Random } from '../pattern/random.ts';
import { randomPattern } from '../pattern/random-patterns.ts';

const domains = ['a.test', 'b.a.test', 'ba.test', 'test', 'c.b.a.test'];

function randomRule(random: Random): string {
    const domain = random.oneOf(domains).replaceAll('.', '\\.');
    return random.below(3) === 0
        ? randomPattern(random)
        : `${random.oneOf(['^', '\\.', '(^|\\.)'])}${domain}$`;
}

function rulesOf(text: string) {
    const file = parseRuleText('qubes/work.rules', text);
    return file.ok ? file.value.rules : [];
}

function effective(rules: readonly StoredRule[]): EffectiveRules {
    const file = 'qubes/work.rules';
    return {
        default: 'deny',
        files: [{ file, via: [], rules, over: new Set<StoredRule>() }],
        isLasting: false,
        learnsUntil: null,
        watchedUntil: null,
        settings: defaultSettings,
    };
}

test('rules are found exactly where a host is of both', () => {
    const random = new Random(5);
    let found = 0;
    for (let count = 0; count < 2_000; count += 1) {
        const [rule] = rulesOf(randomRule(random));
        const [named] = rulesOf(randomRule(random));
        if (rule === undefined || named === undefined) {
            continue;
        }
        const given = effective([rule]);
        const [overlap] = overlaps(given, named.confined);
        if (overlap !== undefined) {
            const { host, besides } = overlap;
            found += 1;
            expect(matches(rule.confined, host)).toBe(true);
            expect(matches(named.confined, host)).toBe(true);
            expect(besides === null || matches(rule.confined, besides)).toBe(
                true,
            );
            expect(besides !== null && matches(named.confined, besides)).toBe(
                false,
            );
        }
        const host = hostWalker(rule.expression)(random) ?? '';
        const isOfBoth =
            matches(rule.confined, host) && matches(named.confined, host);
        expect(isOfBoth && overlap === undefined).toBe(false);
    }
    expect(found).toBeGreaterThan(200);
});

test('one host of a hundred thousand rules is found fast', () => {
    const text = Array.from(
        { length: 100_000 },
        (_, n) => `(^|\\.)h${n}\\.test$\n`,
    ).join('');
    const given = effective(rulesOf(text));
    const started = performance.now();
    const line = confinedLine('(^|\\.)h4711\\.test$');
    expect(overlaps(given, line).length).toBe(1);
    expect(performance.now() - started).toBeLessThan(5_000);
});
