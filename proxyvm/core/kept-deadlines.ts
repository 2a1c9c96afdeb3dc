// Deadlines as they are kept under /run: by two clocks, of which neither is
// enough. The uptime cannot be set, but may stand still while the machine is
// suspended (Xen's time does); the other may be set back. What comes first
// counts.
import * as v from 'valibot';
import type { Deadline } from '../../shared/protocol/desired-state.ts';
import { counter } from '../../shared/protocol/schema.ts';
import { keptFilter } from './proxy-record.ts';

/** What the clocks say, in seconds. */
export interface Clocks {
    /** Since 1970. */
    readonly unix: number;
    /** Since this ProxyVM started. */
    readonly uptime: number;
}

const keptDeadline = v.strictObject({
    unix: counter,
    uptime: v.pipe(v.number(), v.finite(), v.minValue(0)),
    filter: v.nullable(keptFilter),
});

export const keptDeadlines = v.array(keptDeadline);

export type KeptDeadline = v.InferOutput<typeof keptDeadline>;
export type KeptDeadlines = readonly KeptDeadline[];

export function asDeadline(
    { unix, uptime, filter }: KeptDeadline,
    now: Clocks,
): Deadline {
    return {
        seconds: Math.min(unix - now.unix, uptime - now.uptime),
        filter,
    };
}

export function asKept(
    { seconds, filter }: Deadline,
    now: Clocks,
): KeptDeadline {
    const left = Math.max(seconds, 0);
    return {
        unix: Math.ceil(now.unix + left),
        uptime: now.uptime + left,
        filter,
    };
}

/** Whether timers are set for the first of them, and for nothing else. */
export function areTimed(
    deadlines: KeptDeadlines,
    timers: readonly number[],
): boolean {
    const wanted = deadlines.slice(0, 1).map(({ unix }) => unix);
    return wanted.join() === timers.join();
}
