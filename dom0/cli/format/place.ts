// Places in files, as an editor or a terminal takes them.
import { toPrintable } from '../../../shared/printable.ts';
import type { PlacedRule } from '../../core/decide.ts';
import type { Place, RulePlace } from '../../core/effective-rules.ts';
import { shownConfig } from '../../paths.ts';
import { type EndingContext, formatEnding } from './ending.ts';

/** `FILE:LINE`, or only the file. */
export function showPlace({
    file,
    line,
}: Omit<Place, 'line'> & { readonly line: number | null }): string {
    const path = toPrintable(`${shownConfig}/${file}`);
    return line === null ? path : `${path}:${line}`;
}

/** Where a rule stands, and how it comes to concern somebody. */
export function describePlace({ file, line, via }: RulePlace): string {
    return `${showPlace({ file, line })}${describeVia(via)}`;
}

/** The same of a rule, and when it ends. */
export function describeRulePlace(
    { file, rule, via }: PlacedRule,
    context: EndingContext | null = null,
): string {
    const ending = context && formatEnding(rule, context);
    const place = describePlace({ file, line: rule.line, via });
    return ending === null ? place : `${place}, ${ending}`;
}

/** `, included at FILE:LINE and FILE:LINE`; nothing for no line. */
export function describeVia(via: readonly Place[]): string {
    return via.length === 0
        ? ''
        : `, included at ${via.map(showPlace).join(' and ')}`;
}
