// Which rules match a host, found for many hosts at once.
import { expect, test } from 'vitest';
import { matchingRules } from '../../dom0/core/matching-rules.ts';
import { parseRuleText, type StoredRule } from '../../dom0/core/rule-file.ts';
import { defaultSettings } from '../../dom0/core/settings/filter-settings.ts';
import { matches } from '../../shared/pattern/index.ts';
import { Random } from '../pattern/random.ts';
import { randomDomain } from '../pattern/random-domains.ts';
import { randomOddSubject, randomPattern } from '../pattern/random-patterns.ts';

const random = new Random(20261128);

/** A rule that names a domain as people do, or any other one. */
function randomRule(): string {
    const name = randomDomain(random).replaceAll('.', '\\.');
    return random.oneOf([
        `^${name}$`,
        `(^|\\.)${name}$`,
        `\\.${name}$`,
        `^(.*\\.)?${name.toUpperCase()}$`,
        randomPattern(random),
    ]);
}

function randomRules(): StoredRule[] {
    return random.several(1, 8, randomRule).flatMap((rule) => {
        const file = parseRuleText('qubes/work.rules', `${rule}\n`);
        return file.ok ? file.value.rules : [];
    });
}

test('the same rules match as one by one, in their order', () => {
    let matched = 0;
    for (let round = 0; round < 800; round += 1) {
        const files = random.several(1, 3, randomRules).map((rules, at) => ({
            file: `sets/s${at}.rules`,
            via: [],
            rules,
            over: new Set(rules.filter(() => random.below(5) === 0)),
        }));
        const matching = matchingRules({
            default: 'deny',
            files,
            isLasting: false,
            learnsUntil: null,
            watchedUntil: null,
            settings: defaultSettings,
        });
        const domain = randomDomain(random);
        for (const host of [
            domain,
            `a.${domain}`,
            domain.toUpperCase(),
            randomOddSubject(random, domain),
        ]) {
            const wanted = files.flatMap(({ file, rules, over }) =>
                rules.flatMap((rule, index) =>
                    !over.has(rule) && matches(rule.confined, host)
                        ? [[file, index + 1, rule.expression]]
                        : [],
                ),
            );
            matched += wanted.length;
            expect(
                matching(host).map(({ file, number, rule }) => [
                    file,
                    number,
                    rule.expression,
                ]),
            ).toEqual(wanted);
        }
    }
    expect(matched).toBeGreaterThan(500);
});
