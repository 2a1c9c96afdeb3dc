// What ends by itself: by the clock or by the uptime of dom0, whichever comes
// first. It never outlives a boot, and a clock that is set back makes it no
// longer.
import * as v from 'valibot';
import { counter } from '../../shared/protocol/schema.ts';
import type { Moment } from './moment.ts';

export const lastingFields = {
    /** By dom0's clock, seconds since 1970. */
    until: counter,
    /** In this boot of dom0, and by its uptime, milliseconds. */
    boot: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/, 'not a boot')),
    untilMs: counter,
};

/** An end as it is written down. */
export interface Lasting {
    readonly until: number;
    readonly boot: string;
    readonly untilMs: number;
}

/** Both clocks of dom0. */
export type Clocks = Pick<Moment, 'nowMs' | 'boot'> & {
    readonly monotonicMs: number;
};

/** From now on for so many seconds. */
export function lastingFor(
    seconds: number,
    { nowMs, monotonicMs, boot }: Clocks,
): Lasting {
    return {
        until: Math.floor(nowMs / 1000) + seconds,
        boot,
        untilMs: monotonicMs + 1000 * seconds,
    };
}

/**
 * When it ends, in seconds since 1970 as the clock is now; null: it is over.
 * Where the clock was set back, what is left by the uptime decides.
 */
export function endOf(lasting: Lasting, clocks: Clocks): number | null {
    const leftMs =
        lasting.boot === clocks.boot ? lasting.untilMs - clocks.monotonicMs : 0;
    const byUptime = Math.floor((clocks.nowMs + leftMs) / 1000);
    const end = Math.min(lasting.until, byUptime);
    return end * 1000 > clocks.nowMs ? end : null;
}
