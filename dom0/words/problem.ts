import { toPrintable } from '../../shared/printable.ts';
import type { FileProblem } from '../core/file-problem.ts';
import { shownConfig } from '../paths.ts';

/** Problems shown of one file: the first ones are enough to start with. */
const mostShown = 20;

/** Characters shown on each side of the offending one. */
const around = 40;

/**
 * Each as `FILE:3: what is wrong`, pointing at the character; `shownAt` is
 * where a text is that is not in its file yet.
 */
export function formatProblems(
    problems: readonly FileProblem[],
    shownAt: string | null = null,
): string[] {
    const rest = problems.length - mostShown;
    return [
        ...problems
            .slice(0, mostShown)
            .flatMap((problem) => formatProblem(problem, shownAt)),
        ...(rest > 0 ? [`and ${rest} more`] : []),
    ];
}

function formatProblem(problem: FileProblem, shownAt: string | null): string[] {
    const { file, line, column, message, untrusted_text } = problem;
    const path = shownAt ?? `${shownConfig}/${file}`;
    const place = line === null ? path : `${path}:${line}`;
    const first = `${toPrintable(place)}: ${message}`;
    return untrusted_text === null || column === null
        ? [first]
        : [first, ...pointAt(untrusted_text, column)];
}

/** The part of a text around a character, and a mark below that. */
export function pointAt(untrusted_text: string, column: number): string[] {
    const from = Math.max(0, column - around);
    const shown = untrusted_text
        .slice(from, column + around)
        .replace(/[^\x20-\x7e]/g, '_');
    return [`    ${shown}`, `    ${' '.repeat(column - from)}^`];
}

/** A problem for programs. */
export function problemJson(problem: FileProblem) {
    const { file, line, column, message } = problem;
    return { file: toPrintable(file), line, column, message };
}
