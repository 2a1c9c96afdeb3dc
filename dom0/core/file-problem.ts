// What is wrong with a file of ours, so that a person finds the place.

/** What is wrong with a line. */
export interface LineProblem {
    /** What is wrong, and what would be right. */
    readonly message: string;
    /** The offending character, counted from 0; null for the whole line. */
    readonly column: number | null;
}

export interface FileProblem {
    /** Below /etc/qubes/filterproxy, e.g. `qubes/work.rules`. */
    readonly file: string;
    /** Counted from 1; null when it is the file as a whole. */
    readonly line: number | null;
    /** The offending character of the line, counted from 0; null for all. */
    readonly column: number | null;
    /** What is wrong, and what would be right. */
    readonly message: string;
    /** The line itself, not yet printable; null when there is none to show. */
    readonly untrusted_text: string | null;
}

/** A problem of a file as a whole. */
export function wholeFile(file: string, message: string): FileProblem {
    return { file, line: null, column: null, message, untrusted_text: null };
}

/** A problem of one line, counted from 1. */
export function atLine(
    file: string,
    line: number,
    message: string,
): FileProblem {
    return { ...wholeFile(file, message), line };
}
