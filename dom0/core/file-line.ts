// One line of a file below /etc/qubes/filterproxy: a rule, a directive, or the
// user's own.
import { err, ok, type Result } from '../../shared/result.ts';
import { type Directive, parseDirective } from './directive.ts';
import type { LineProblem } from './file-problem.ts';
import { parseRule, type Rule } from './rule-line.ts';

export type FileLine =
    | { readonly kind: 'rule'; readonly rule: Rule }
    | { readonly kind: 'directive'; readonly directive: Directive };

/** Characters of a line: an expression of 501 and a comment. */
const maxLength = 2000;

/** What a terminal or an editor does not show as it is. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** What stands on a line; null for a blank one or one that starts with `#`. */
export function parseFileLine(
    untrusted_line: string,
): Result<FileLine | null, LineProblem> {
    const unreadable = findUnreadable(untrusted_line);
    if (unreadable !== null) {
        return err(unreadable);
    }
    const [start] = /[^ \t]/.exec(untrusted_line) ?? [];
    if (start === undefined || start === '#') {
        return ok(null);
    }
    if (start === '!') {
        const directive = parseDirective(untrusted_line);
        return directive.ok
            ? ok({ kind: 'directive', directive: directive.value })
            : directive;
    }
    const rule = parseRule(untrusted_line);
    return rule.ok ? ok({ kind: 'rule', rule: rule.value }) : rule;
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
