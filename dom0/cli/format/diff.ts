import { toPrintable } from '../../../shared/printable.ts';
import type { DiffLine } from '../../core/diff.ts';
import { meaningOf } from '../../core/meaning.ts';
import { decodeUtf8, type StoredRule } from '../../core/rule-file.ts';
import { localTime } from './local-time.ts';

/** Changed lines that are shown: the others are counted. */
const mostShown = 20;

/** A diff for people, each rule that it puts in with what it means. */
export function formatDiff(
    diff: readonly DiffLine[],
    rules: readonly StoredRule[] = [],
): string[] {
    const shown = diff.slice(0, mostShown);
    const rest = diff.length - shown.length;
    const byLine = new Map(rules.map((rule) => [rule.line, rule]));
    return [
        ...shown.flatMap((each) => {
            const rule = each.sign === '+' ? byLine.get(each.line) : undefined;
            return [
                formatLine(each),
                ...(rule === undefined ? [] : [`      ${describe(rule)}`]),
            ];
        }),
        ...(rest > 0 ? [`and ${rest} more changed lines`] : []),
    ];
}

/** A time on the line itself is one for programs. */
function describe({ expression, expire }: StoredRule): string {
    const meaning = meaningOf(expression);
    return expire === null
        ? meaning
        : `${meaning}  [until ${localTime(new Date(expire * 1000).toISOString())}]`;
}

function formatLine({ sign, text }: DiffLine): string {
    return `${sign} ${toPrintable(text, 200)}`.trimEnd();
}

/** A diff for programs. */
export function diffJson(diff: readonly DiffLine[]) {
    const linesOf = (wanted: DiffLine['sign']) =>
        diff
            .filter(({ sign }) => sign === wanted)
            .map(({ text }) => toPrintable(text, 2000));
    return { removed: linesOf('-'), added: linesOf('+') };
}

/** The text of a file, which may have been saved in any encoding. */
export function decodeText(untrusted_bytes: Uint8Array): string {
    return (
        decodeUtf8(untrusted_bytes) ??
        Buffer.from(untrusted_bytes).toString('latin1')
    );
}
