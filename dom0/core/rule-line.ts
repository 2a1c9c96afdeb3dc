// A rule, as it stands on a line of a rule file; see file-line.ts.
import {
    type ConfinedLine,
    confineExpression,
} from '../../shared/pattern/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { LineProblem } from './file-problem.ts';
import {
    parseRuleOptions,
    type RuleOptions,
    renderRuleOptions,
} from './rule-options.ts';

export interface Rule extends RuleOptions {
    /** A POSIX extended expression, as it stands in the file. */
    readonly expression: string;
    /** What the proxy gets for it. */
    readonly confined: ConfinedLine;
}

/** The rule on a line that is not blank; columns are those of the line. */
export function parseRule(untrusted_line: string): Result<Rule, LineProblem> {
    const [, indent = '', untrusted_expression = '', gap = '', rest = ''] =
        /^([ \t]*)([^ \t]*)([ \t]*)(.*)$/.exec(untrusted_line) ?? [];
    const start = indent.length;
    const confined = parseExpression(untrusted_expression);
    if (!confined.ok) {
        return err(shift(confined.error, start));
    }
    const options = parseRuleOptions(trimBlanks(rest));
    if (!options.ok) {
        const column = start + untrusted_expression.length + gap.length;
        return err({ message: options.error, column });
    }
    return ok({
        expression: untrusted_expression,
        ...options.value,
        confined: confined.value,
    });
}

/** The line for a rule, as parseRule() reads it. */
export function renderRuleLine(rule: Omit<Rule, 'confined'>): string {
    return [rule.expression, ...renderRuleOptions(rule)].join(' ');
}

/** Without blanks at its ends; a no-break space, say, is none. */
function trimBlanks(text: string): string {
    const isBlank = (at: number) => [' ', '\t'].includes(text.charAt(at));
    let [start, end] = [0, text.length];
    while (start < end && isBlank(start)) {
        start += 1;
    }
    while (end > start && isBlank(end - 1)) {
        end -= 1;
    }
    return text.slice(start, end);
}

/** The expression as it reaches the proxy. */
function parseExpression(
    untrusted_expression: string,
): Result<ConfinedLine, LineProblem> {
    const remark = untrusted_expression.indexOf('#');
    if (remark !== -1) {
        return err({
            message:
                '# is never part of a host name; a remark needs a blank ' +
                'before it',
            column: remark,
        });
    }
    const confined = confineExpression(untrusted_expression);
    return confined.ok
        ? confined
        : err({ message: confined.error.message, column: confined.error.at });
}

function shift(problem: LineProblem, by: number): LineProblem {
    return problem.column === null
        ? problem
        : { ...problem, column: problem.column + by };
}
