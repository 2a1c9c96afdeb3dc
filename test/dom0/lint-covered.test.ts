// Which rules are superfluous, against comparing all of them with each other.
import { expect, test } from 'vitest';
import { fixText } from '../../dom0/core/lint/fix.ts';
import { lintFiles } from '../../dom0/core/lint/lint-files.ts';
import { notLookedAt } from '../../dom0/core/others-below.ts';
import { parseRuleText, type StoredRule } from '../../dom0/core/rule-file.ts';
import {
    covers,
    findLooseness,
    lineAutomaton,
} from '../../shared/pattern/index.ts';
import { Random } from '../pattern/random.ts';
import { exampleQubes, systemOf } from './fake-qubes.ts';
import { filesOf, noonMoment, noSharedFiles } from './rules.ts';

const system = systemOf(exampleQubes);

function lintedText(text: string) {
    const { findings } = lintFiles(
        {
            files: filesOf({ work: text }),
            shared: noSharedFiles,
            tagged: new Map(),
            moment: { ...noonMoment, nowMs: 0 },
            system,
            usages: new Map(),
            othersBelow: notLookedAt,
            problems: [],
            ignored: [],
        },
        () => true,
    );
    return { findings, fixed: fixText(text, findings, { isNarrowing: false }) };
}

function rulesIn(text: string): readonly StoredRule[] {
    const file = parseRuleText('qubes/work.rules', text);
    return file.ok ? file.value.rules : [];
}

function isCovered(rule: StoredRule, by: StoredRule): boolean {
    const [wider, narrower] = [by, rule].map(({ confined }) =>
        lineAutomaton(confined),
    );
    return !!wider && !!narrower && covers(wider, narrower) === true;
}

const starts = ['^', '(^|\\.)', '\\.', '^(x|y)\\.', '^[a-z]+\\.', '^(.*\\.)?'];
const domains = ['a', 'b', 'x', 'a\\.b', 'x\\.a', '(a|b)', '[a-c]', 'b[.]a'];

function randomText(random: Random): string {
    return random
        .several(1, 12, () =>
            [random.oneOf(starts), random.oneOf(domains), '\\.test$\n'].join(
                '',
            ),
        )
        .join('');
}

test('what --fix leaves covers all that it removes, and nothing of itself', () => {
    const random = new Random(4711);
    let [removed, kept] = [0, 0];
    for (let round = 0; round < 100; round += 1) {
        const text = randomText(random);
        const { fixed } = lintedText(text);
        const left = rulesIn(fixed);
        const expressions = left.map(({ expression }) => expression);
        expect(new Set(expressions).size).toBe(expressions.length);
        for (const rule of rulesIn(text)) {
            const found = left.filter((by) => isCovered(rule, by));
            const own = left.filter(
                ({ expression }) => expression === rule.expression,
            );
            expect([text, rule.expression, found.length > 0]).toEqual([
                text,
                rule.expression,
                true,
            ]);
            if (own.length === 1) {
                expect([text, found]).toEqual([text, own]);
                kept += 1;
            } else {
                removed += 1;
            }
        }
    }
    expect(Math.min(removed, kept)).toBeGreaterThan(120);
});

test('a rule that matches too much makes no other one superfluous', () => {
    const { findings } = lintedText('b\\.test$\n^a\\.b\\.test$\n');
    expect(findLooseness('b\\.test$')).not.toBeNull();
    expect(findings.map(({ kind, line }) => [kind, line])).toEqual([
        ['loose', 1],
    ]);
});

test('too many rules without a domain are counted, not waited for', () => {
    const general = Array.from(
        { length: 3_000 },
        (_, at) => `^[ab]${at}\\.test$\n`,
    ).join('');
    const text = `${general}^c\\.test$\n^c\\.test$\n`;
    const linter = lintFiles(
        {
            files: filesOf({ work: text }),
            shared: noSharedFiles,
            tagged: new Map(),
            moment: { ...noonMoment, nowMs: 0 },
            system,
            usages: new Map(),
            othersBelow: notLookedAt,
            problems: [],
            ignored: [],
        },
        () => true,
    );
    expect(linter.skipped).toBeGreaterThan(1_000);
    expect(linter.findings.map(({ line }) => line)).toEqual([3_002]);
});
