// One line of a rule file, see rule-file.ts.
import {
    type ConfinedLine,
    confine,
    parsePattern,
} from '../../shared/pattern/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';

export interface Rule {
    /** A POSIX extended expression, as it stands in the file. */
    readonly expression: string;
    readonly comment: string | null;
    /** What the proxy gets for it. */
    readonly confined: ConfinedLine;
}

export interface LineProblem {
    /** What is wrong, and what would be right. */
    readonly message: string;
    /** The offending character, counted from 0; null for the whole line. */
    readonly column: number | null;
}

/** Characters of a line: an expression of 511 and a comment. */
const maxLength = 2000;

/** What a terminal or an editor does not show as it is. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The rule on a line; null for a blank line or one that starts with `#`. */
export function parseRuleLine(
    untrusted_line: string,
): Result<Rule | null, LineProblem> {
    const unreadable = findUnreadable(untrusted_line);
    if (unreadable !== null) {
        return err(unreadable);
    }
    const [, indent = '', untrusted_expression = '', gap = '', rest = ''] =
        /^([ \t]*)([^ \t]*)([ \t]*)(.*)$/.exec(untrusted_line) ?? [];
    if (untrusted_expression === '' || untrusted_expression.startsWith('#')) {
        return ok(null);
    }
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

/** The line for a rule, as parseRuleLine() reads it. */
export function renderRuleLine(
    rule: Pick<Rule, 'expression' | 'comment'>,
): string {
    return rule.comment === null
        ? rule.expression
        : `${rule.expression} comment=${rule.comment}`;
}

function findUnreadable(untrusted_line: string): LineProblem | null {
    if (untrusted_line.length > maxLength) {
        return {
            message: `the line is longer than ${maxLength} characters`,
            column: null,
        };
    }
    const column = untrusted_line.replaceAll('\t', ' ').search(unprintable);
    return column === -1
        ? null
        : { message: describe(untrusted_line, column), column };
}

function describe(untrusted_line: string, column: number): string {
    const code = untrusted_line.codePointAt(column) ?? 0;
    const shown = code.toString(16).toUpperCase().padStart(4, '0');
    return `invisible character U+${shown}; remove it`;
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
    if (untrusted_expression.startsWith('!')) {
        return err({
            message:
                'this version understands no directives (lines that start ' +
                'with !); remove the line',
            column: 0,
        });
    }
    const remark = untrusted_expression.indexOf('#');
    if (remark !== -1) {
        return err({
            message:
                '# is never part of a host name; a remark needs a blank ' +
                'before it',
            column: remark,
        });
    }
    const tree = parsePattern(untrusted_expression);
    if (!tree.ok) {
        return err({ message: tree.error.message, column: tree.error.at });
    }
    const confined = confine(tree.value);
    return confined.ok
        ? confined
        : err({ message: confined.error.message, column: confined.error.at });
}

function shift(problem: LineProblem, by: number): LineProblem {
    return problem.column === null
        ? problem
        : { ...problem, column: problem.column + by };
}
