import { meaningOf } from '../../core/meaning.ts';
import type { Ending } from '../../core/moment.ts';
import type { StoredRule } from '../../core/rule-file.ts';
import { type EndingContext, formatEnding } from './ending.ts';

/** Rules, each with its number, what it means, its end and its comment. */
export function formatRules(
    rules: readonly StoredRule[],
    context: EndingContext | null = null,
): string[] {
    const width = String(rules.length).length + 4;
    return rowsOf(rules, context, (_, index) =>
        String(index + 1).padStart(width),
    );
}

/**
 * With their lines, and with their numbers if these are of any use: if they
 * are of the qube's own file, and not of one that others have, too.
 */
export function formatPlacedRules(
    rules: readonly StoredRule[],
    context: EndingContext,
    isNumbered: boolean,
): string[] {
    const width = String(rules.length).length + 4;
    const lines = String(rules.at(-1)?.line ?? 0).length;
    return rowsOf(rules, context, ({ line }, index) => {
        const number = isNumbered ? String(index + 1) : '';
        return `${number.padStart(width)}  :${String(line).padEnd(lines)}`;
    });
}

function rowsOf(
    rules: readonly StoredRule[],
    context: EndingContext | null,
    markOf: (rule: StoredRule, index: number) => string,
): string[] {
    const width = rules.reduce(
        (most, { expression }) => Math.max(most, expression.length),
        0,
    );
    const most = Math.min(width, 40);
    return rules.map((rule, index) => {
        const expression = rule.expression.padEnd(most);
        const ending = context && formatEnding(rule, context);
        const comment = rule.comment === null ? '' : `  (${rule.comment})`;
        return (
            `${markOf(rule, index)}  ${expression}  ` +
            meaningOf(rule.expression) +
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
    context: EndingContext | null = null,
): string[] {
    const rest = rules.length - mostShown;
    return [
        ...formatRules(rules.slice(0, mostShown), context),
        ...(rest > 0 ? [`    and ${rest} more: ${command}`] : []),
    ];
}

export function countRules({ length }: { readonly length: number }): string {
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
