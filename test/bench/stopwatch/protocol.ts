// What the bench and its stopwatch inside a qube say to each other.

export interface Request {
    readonly file: string;
    readonly args: readonly string[];
    /** Added to the qube's environment. */
    readonly env: Readonly<Record<string, string>>;
    /** For stdin. */
    readonly input: string;
    /**
     * Null: it is timed to its end. Else until that TCP port accepts a
     * connection, and then it is ended.
     */
    readonly untilPort: number | null;
}

export interface Timed {
    /** Wall time by the monotonic clock, from before its start. */
    readonly milliseconds: number;
    /** Null when a signal ended it. */
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
}
