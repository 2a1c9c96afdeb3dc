// A rule file whose rules are to mean the opposite.
import type { Default } from './default.ts';
import { withoutLines } from './edit-rule-file.ts';
import type { RuleFile } from './rule-file.ts';

/** The lines that say which hosts: rules, and sets that are included. */
export function hostLines({ rules, directives }: RuleFile): number[] {
    return [
        ...rules.map(({ line }) => line),
        ...linesOf(directives, 'include'),
    ];
}

/** The text with that default, and with nothing that says which hosts. */
export function turnedText(file: RuleFile, value: Default): string {
    const kept = withoutLines(file.text, [
        ...hostLines(file),
        ...linesOf(file.directives, 'default'),
    ]);
    return value === 'allow' ? `!default allow\n${kept}` : kept;
}

function linesOf(
    directives: RuleFile['directives'],
    kind: 'include' | 'default',
): number[] {
    return directives.flatMap(({ directive, line }) =>
        directive.kind === kind ? [line] : [],
    );
}
