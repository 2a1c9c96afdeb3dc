// Mends the lines of a file, and leaves all others as they are.
import type { Finding } from './finding.ts';

/** What is to be mended. */
export interface Fixing {
    /** Also what lets less through afterwards. */
    readonly isNarrowing: boolean;
}

/** Whether something found is mended. */
export function isFixed(
    { fix, line }: Finding,
    { isNarrowing }: Fixing,
): boolean {
    return (
        line !== null &&
        (fix?.kind === 'remove' || (fix?.kind === 'narrow' && isNarrowing))
    );
}

/** The text of a file without what was found in it, as far as it is mended. */
export function fixText(
    text: string,
    findings: readonly Finding[],
    fixing: Fixing,
): string {
    const byLine = new Map(
        findings
            .filter((each) => isFixed(each, fixing))
            .map((each) => [each.line, each]),
    );
    return text
        .split('\n')
        .flatMap((line, index) => {
            const found = byLine.get(index + 1);
            return found === undefined ? [line] : fixLine(line, found);
        })
        .join('\n');
}

/** What there is instead of a line. A remark behind a rule is the user's. */
export function fixLine(line: string, { fix }: Pick<Finding, 'fix'>): string[] {
    if (fix?.kind === 'narrow') {
        return [line.replace(/[^ \t]+/, () => fix.expression)];
    }
    const [, remark] = /^[ \t]*(?:![^#]*|[^ \t]+)[ \t]+(#.*)$/.exec(line) ?? [];
    return remark === undefined ? [] : [remark];
}
