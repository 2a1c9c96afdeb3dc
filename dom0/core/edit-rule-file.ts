// Changes to a rule file that leave every other line as it is.
import type { RuleFile, StoredRule } from './rule-file.ts';
import { type Rule, renderRuleLine } from './rule-line.ts';

/** An empty comment takes the one away that a rule has; null leaves it. */
export type NewRule = Omit<Rule, 'confined'>;

/** The rule of a file with that expression. */
export function findRule(
    file: RuleFile,
    expression: string,
): StoredRule | undefined {
    return file.rules.find((rule) => rule.expression === expression);
}

/** Whether a rule is there already, and is to get another comment. */
export function isRecommented(file: RuleFile, rule: NewRule): boolean {
    const known = findRule(file, rule.expression);
    return (
        known !== undefined &&
        rule.comment !== null &&
        rule.comment !== (known.comment ?? '')
    );
}

/** Whether a rule is there already, and is to end at another time. */
export function isTimedAnew(file: RuleFile, rule: NewRule): boolean {
    const known = findRule(file, rule.expression);
    return (
        known !== undefined &&
        (known.expire !== rule.expire || known.run !== rule.run)
    );
}

/**
 * The text with those rules at its end that it does not have yet, and with
 * the comments of the others where a rule comes with one, and their ends.
 */
export function addRules(file: RuleFile, rules: readonly NewRule[]): string {
    const text = takeChanges(file, rules);
    const lines = rules
        .filter((rule) => findRule(file, rule.expression) === undefined)
        .map((rule) => `${renderNewRule(rule)}\n`);
    const isOpen = text !== '' && !text.endsWith('\n');
    const end = isOpen && lines.length > 0 ? '\n' : '';
    return [text, end, ...lines].join('');
}

/** Its line in a file that does not have it. */
export function renderNewRule(rule: NewRule): string {
    return renderRuleLine({ ...rule, comment: rule.comment || null });
}

function takeChanges(file: RuleFile, rules: readonly NewRule[]): string {
    const lines = file.text.split('\n');
    for (const rule of rules) {
        const known = findRule(file, rule.expression);
        const isChanged = isRecommented(file, rule) || isTimedAnew(file, rule);
        if (known === undefined || !isChanged) {
            continue;
        }
        const at = known.line - 1;
        const comment = rule.comment ?? known.comment;
        // A remark behind the rule is the user's: it moves above.
        const [, remark] =
            /^\S+\s+(?:(?:expire|until-shutdown)=\S*\s+)*(#.*)$/.exec(
                lines[at]?.trim() ?? '',
            ) ?? [];
        const above = remark === undefined ? '' : `${remark}\n`;
        lines[at] = `${above}${renderNewRule({ ...rule, comment })}`;
    }
    return lines.join('\n');
}

/** The text with all of another file behind it. */
export function appendText(file: RuleFile, text: string): string {
    const { text: own } = file;
    const end = own.trim() === '' || own.endsWith('\n') ? '' : '\n';
    return own.trim() === '' ? text : [own, end, text].join('');
}

/** The text without the lines of those rules. */
export function removeRules(
    file: RuleFile,
    rules: readonly StoredRule[],
): string {
    const lines = rules.map((rule) => rule.line);
    return withoutLines(file.text, lines);
}

/** The text without those lines, counted from 1. */
export function withoutLines(text: string, lines: readonly number[]): string {
    const removed = new Set(lines);
    return text
        .split('\n')
        .filter((_, index) => !removed.has(index + 1))
        .join('\n');
}
