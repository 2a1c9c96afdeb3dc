// Changes to a rule file that leave every other line as it is.
import type { RuleFile, StoredRule } from './rule-file.ts';
import { type Rule, renderRuleLine } from './rule-line.ts';

export type NewRule = Pick<Rule, 'expression' | 'comment'>;

/** The rule of a file with that expression. */
export function findRule(
    file: RuleFile,
    expression: string,
): StoredRule | undefined {
    return file.rules.find((rule) => rule.expression === expression);
}

/** The text with those rules at its end that it does not have yet. */
export function addRules(file: RuleFile, rules: readonly NewRule[]): string {
    const lines = rules
        .filter((rule) => findRule(file, rule.expression) === undefined)
        .map((rule) => `${renderRuleLine(rule)}\n`);
    const isOpen = file.text !== '' && !file.text.endsWith('\n');
    const end = isOpen && lines.length > 0 ? '\n' : '';
    return [file.text, end, ...lines].join('');
}

/** The text without the lines of those rules. */
export function removeRules(
    file: RuleFile,
    rules: readonly StoredRule[],
): string {
    const removed = new Set(rules.map((rule) => rule.line));
    return file.text
        .split('\n')
        .filter((_, index) => !removed.has(index + 1))
        .join('\n');
}
