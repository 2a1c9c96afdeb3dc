// A rule file whose rules are to mean the opposite.
import type { Default } from './default.ts';
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
    const gone = new Set([
        ...hostLines(file),
        ...linesOf(file.directives, 'default'),
    ]);
    const kept = file.text
        .split('\n')
        .filter((_, index) => !gone.has(index + 1))
        .join('\n');
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
