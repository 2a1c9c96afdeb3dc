// A rule, as it stands on a line of a rule file; see file-line.ts.
import {
    type ConfinedLine,
    confineExpression,
} from '../../shared/pattern/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { LineProblem } from './file-problem.ts';

export interface Rule {
    /** A POSIX extended expression, as it stands in the file. */
    readonly expression: string;
    readonly comment: string | null;
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
    const comment = parseOptions(trimBlanks(rest));
    if (!comment.ok) {
        const column = start + untrusted_expression.length + gap.length;
        return err({ message: comment.error, column });
    }
    return ok({
        expression: untrusted_expression,
        comment: comment.value,
        confined: confined.value,
    });
}

/** The line for a rule, as parseRule() reads it. */
export function renderRuleLine(
    rule: Pick<Rule, 'expression' | 'comment'>,
): string {
    return rule.comment === null
        ? rule.expression
        : `${rule.expression} comment=${rule.comment}`;
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

/** What follows the expression; the comment, or null without one. */
function parseOptions(untrusted_text: string): Result<string | null, string> {
    if (untrusted_text === '' || untrusted_text.startsWith('#')) {
        return ok(null);
    }
    if (untrusted_text.startsWith('comment=')) {
        const comment = trimBlanks(untrusted_text.slice('comment='.length));
        return comment === '' ? err('comment= is without a text') : ok(comment);
    }
    return untrusted_text.startsWith('expire=')
        ? err('this version does not understand expire=; remove it')
        : err(
              'only comment=TEXT or # and a remark may follow the ' +
                  'expression, which ends at its first blank',
          );
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
