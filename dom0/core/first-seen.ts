// dom0 takes its time from the ClockVM, which may set the clock back: a rule
// with a time would last longer. So it is noted what the clock said when the
// time of a rule was seen first in this boot of dom0, and how long dom0 was up.
import * as v from 'valibot';
import { counter } from '../../shared/protocol/schema.ts';

/**
 * Of each time, in seconds since 1970: when dom0 has booted, by the clock of
 * the moment in which that time was seen first; milliseconds since 1970.
 */
export type FirstSeen = ReadonlyMap<number, number>;

export const nothingSeen: FirstSeen = new Map();

export const firstSeenSchema = v.pipe(
    v.array(v.tuple([counter, v.pipe(v.number(), v.safeInteger())])),
    v.transform((entries): FirstSeen => new Map(entries)),
);

/** Both clocks of dom0, in milliseconds. */
interface Clocks {
    readonly nowMs: number;
    readonly monotonicMs: number;
}

/** With those of these times that were not seen before; null: there is none. */
export function withSeen(
    seen: FirstSeen,
    expiries: readonly number[],
    { nowMs, monotonicMs }: Clocks,
): FirstSeen | null {
    const fresh = expiries.filter((expire) => !seen.has(expire));
    const bootedMs = nowMs - monotonicMs;
    return fresh.length === 0
        ? null
        : new Map([
              ...[...seen].filter(([expire]) => expire * 1000 > nowMs),
              ...fresh.map((expire) => [expire, bootedMs] as const),
          ]);
}

/** Less than that is a clock that is corrected. */
const correctionMs = 60_000;

/**
 * Of those times that come sooner than the clock says, when: by the clock as it
 * is now. What passes takes with it all that was to pass before: so one is
 * never later than the next.
 */
export function endsOf(
    expiries: readonly number[],
    seen: FirstSeen,
    { nowMs, monotonicMs }: Clocks,
): ReadonlyMap<number, number> {
    const bootedMs = nowMs - monotonicMs;
    const ends = new Map<number, number>();
    let next = Number.POSITIVE_INFINITY;
    for (const expire of expiries.toSorted((one, other) => other - one)) {
        const backMs = (seen.get(expire) ?? bootedMs) - bootedMs;
        const own = backMs > correctionMs ? expire - backMs / 1000 : expire;
        next = Math.min(next, Math.floor(own));
        if (next < expire) {
            ends.set(expire, next);
        }
    }
    return ends;
}
