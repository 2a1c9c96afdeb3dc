/** What a command has to say, before it is decided how it is printed. */
export interface Output {
    /** What was asked for: on stdout. */
    readonly lines: readonly string[];
    /** What needs the user's attention: on stderr. */
    readonly warnings: readonly string[];
    /** All of it for programs, see docs/json.md; null: it was printed. */
    readonly json: Readonly<Record<string, unknown>> | null;
    readonly failed: boolean;
}

/** The version of what --json prints. */
export const jsonVersion = 1;

/** A line and what belongs to it. */
export function withDetails(
    line: string,
    details: readonly string[],
): string[] {
    return [line, ...details.map((detail) => `    ${detail}`)];
}

/** Why a command did nothing, and what there is to do. */
export function nothingChanged(
    what: string,
    todo: readonly string[] = [],
): string {
    return withDetails(`nothing was changed: ${what}`, todo).join('\n');
}
