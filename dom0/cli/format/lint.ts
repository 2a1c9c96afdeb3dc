// What lint found, and what became of it.
import { toPrintable } from '../../../shared/printable.ts';
import type { Finding, Fix } from '../../core/lint/finding.ts';
import { fixLine } from '../../core/lint/fix.ts';
import { pointAt } from '../../words/problem.ts';
import { withDetails } from '../output.ts';
import { shellLine } from './command.ts';
import { describePlace, showPlace } from './place.ts';

/** Something found, and the line as it stood if it was mended. */
export interface Handled {
    readonly found: Finding;
    /** Null: it was not. */
    readonly before: string | null;
}

/** A place and what is wrong there, what shows it, and what to do. */
export function formatFinding({ found, before }: Handled): string[] {
    const { message, by, fix, column, untrusted_text } = found;
    const first = `${showPlace(found)}: ${message}`;
    const place = by === null ? [] : [`at ${describePlace(by)}`];
    const what =
        before === null ? describeFix(fix) : describeChange(before, found);
    return [
        ...withDetails(first, place),
        ...(untrusted_text === null || column === null
            ? []
            : pointAt(untrusted_text, column)),
        ...what.map((line) => `    ${line}`),
    ];
}

function describeFix(fix: Fix | null): readonly string[] {
    switch (fix?.kind) {
        case undefined:
            return [];
        case 'remove':
            return ['remove the line'];
        case 'narrow':
            return [`write ${fix.expression}`];
        case 'advice':
            return fix.todo;
    }
}

function describeChange(before: string, found: Finding): string[] {
    return [
        `- ${shown(before)}`,
        ...fixLine(before, found).map((line) => `+ ${shown(line)}`),
    ];
}

/** A line of a file without errors: nothing in it is invisible but tabs. */
function shown(line: string): string {
    return line.replaceAll('\t', ' ');
}

/** What lint can do about what it found. */
export function formatOffer(
    findings: readonly Finding[],
    qubes: readonly string[],
): string[] {
    const command = shellLine(['qvm-filterproxy', 'lint', ...qubes]);
    const removable = countOf(findings, 'remove');
    const loose = countOf(findings, 'narrow');
    return [
        ...(removable === 0
            ? []
            : [
                  'to remove the lines that change nothing ' +
                      `(${removable}): ${command} --fix`,
              ]),
        ...(loose === 0
            ? []
            : [
                  `to see the narrower rules (${loose}) as well: ` +
                      `${command} --fix --narrow --dry-run`,
              ]),
    ];
}

function countOf(findings: readonly Finding[], kind: Fix['kind']): number {
    return findings.filter(({ fix }) => fix?.kind === kind).length;
}

/** The same for programs. */
export function findingJson({ found, before }: Handled) {
    const { kind, file, line, column, message, hosts, by, fix } = found;
    return {
        kind,
        file: toPrintable(file),
        line,
        column,
        message,
        hosts,
        by: by && { file: by.file, line: by.line, via: by.via },
        fix: fixJson(fix),
        fixed: before !== null,
    };
}

function fixJson(fix: Fix | null) {
    return fix === null || fix.kind === 'advice'
        ? null
        : {
              kind: fix.kind,
              expression: fix.kind === 'narrow' ? fix.expression : null,
          };
}
