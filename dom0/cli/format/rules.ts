import { meaningOf } from '../../core/meaning.ts';
import type { Ending } from '../../core/moment.ts';
import type { StoredRule } from '../../core/rule-file.ts';
import { type EndingContext, formatEnding } from './ending.ts';

/** Rules, each with its number, what it means, its end and its comment. */
export function formatRules(
    rules: readonly StoredRule[],
    context: EndingContext | null = null,
): string[] {
    const numbers = String(rules.length).length + 4;
    const width = Math.max(...rules.map((rule) => rule.expression.length), 0);
    const most = Math.min(width, 40);
    return rules.map((rule, index) => {
        const number = String(index + 1).padStart(numbers);
        const expression = rule.expression.padEnd(most);
        const ending = context && formatEnding(rule, context);
        const comment = rule.comment === null ? '' : `  (${rule.comment})`;
        return (
            `${number}  ${expression}  ${meaningOf(rule.expression)}` +
            `${ending === null ? '' : `  [${ending}]`}${comment}`
        );
    });
}

/** Rules shown to choose from, or to see what they are. */
const mostShown = 20;

/** The first of them; `command` prints all. */
export function formatFirstRules(
    rules: readonly StoredRule[],
    command: string,
): string[] {
    const rest = rules.length - mostShown;
    return [
        ...formatRules(rules.slice(0, mostShown)),
        ...(rest > 0 ? [`    and ${rest} more: ${command}`] : []),
    ];
}

export function countRules({ length }: readonly unknown[]): string {
    return length === 0
        ? 'no rules'
        : `${length} ${length === 1 ? 'rule' : 'rules'}`;
}

/** A rule for programs. */
export function ruleJson(rule: StoredRule) {
    const { line, expression, comment } = rule;
    const meaning = meaningOf(expression);
    return { line, expression, comment, meaning, ...endingJson(rule) };
}

/** When it ends: a time in seconds since 1970, and whether with its qube. */
export function endingJson({ expire, run }: Ending) {
    return { expire, untilShutdown: run !== null };
}
