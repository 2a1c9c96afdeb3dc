// The rules of a qube, file by file, as the lines that its proxy gets.
import { describe, expect, test } from 'vitest';
import { compileRules, countDistinct } from '../../dom0/core/compile-rules.ts';
import type { EffectiveRules } from '../../dom0/core/effective-rules.ts';
import { parseRuleText, type StoredRule } from '../../dom0/core/rule-file.ts';
import { defaultSettings } from '../../dom0/core/settings/filter-settings.ts';
import { areLinesWithin } from '../../shared/pattern/index.ts';

function rulesIn(...expressions: string[]): readonly StoredRule[] {
    const text = expressions.map((each) => `${each}\n`).join('');
    const file = parseRuleText('qubes/work.rules', text);
    return file.ok ? file.value.rules : expect.fail();
}

function effective(...files: (readonly StoredRule[])[]): EffectiveRules {
    return {
        default: 'deny',
        files: files.map((rules) => ({
            file: 'qubes/work.rules',
            via: [],
            rules,
            over: new Set(),
        })),
        isLasting: false,
        learnsUntil: null,
        watchedUntil: null,
        settings: defaultSettings,
    };
}

const own = rulesIn('^a\\.test$', '^b\\.test$', '(^|\\.)a\\.test$');
const set = rulesIn('^c\\.test$', '^d\\.test$', '^[0-9]+\\.test$');

describe('the rules of a file', () => {
    test('are packed, without those that others cover', () => {
        expect(compileRules(effective(own))).toEqual([
            "\\`b\\.test\\'",
            "\\`([a-z0-9_-]+\\.)*a\\.test\\'",
        ]);
    });

    test('are packed once, as long as the file is the same', () => {
        const [line] = compileRules(effective(set));
        expect(line).toBe("\\`[cd]\\.test\\'");
        expect(compileRules(effective(own, set))).toContain(line);
    });

    test('have the same lines whatever is in other files', () => {
        const alone = compileRules(effective(set));
        const more = compileRules(effective(rulesIn('^e\\.test$'), set));
        expect(more.filter((line) => !alone.includes(line))).toEqual([
            "\\`e\\.test\\'",
        ]);
        expect(areLinesWithin(alone, more)).toBe(true);
    });

    test('may move to another file without a difference', () => {
        const [first, ...rest] = own;
        const before = compileRules(effective(own, set));
        const moved = [...set, ...(first ? [first] : [])];
        const after = compileRules(effective(rest, moved));
        expect(areLinesWithin(before, after)).toBe(true);
        expect(areLinesWithin(after, before)).toBe(true);
    });
});

test('equal rules of all files count once', () => {
    const again = rulesIn('^A\\.test$', '^z\\.test$');
    expect(countDistinct(effective(own, set, again))).toBe(7);
});
