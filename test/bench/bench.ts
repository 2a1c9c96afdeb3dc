import type { Attachment } from './documents.ts';
import type { Opponent } from './opponent.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

/** What the groups measure with. */
export interface Bench {
    /** In the ProxyVM that the bench made. */
    readonly stopwatch: Stopwatch;
    readonly dom0: Stopwatch;
    /** The client that exists; its gateway is that of all others. */
    readonly client: Attachment;
    /** Another one. */
    readonly other: Attachment;
    /** Null where there is none. */
    readonly opponent: Opponent | null;
    readonly isQuick: boolean;
    /** Whether to say also which programs the agent runs, and when. */
    readonly hasTimeline: boolean;
}

/** As a list, for where a case is left out. */
export function ifThere<T, U>(value: T | null, use: (value: T) => U): U[] {
    return value === null ? [] : [use(value)];
}
