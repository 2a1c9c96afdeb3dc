// When a rule holds that does not hold for ever: until a time, or until its
// qube shuts down. Pure: what the clock says comes from outside.
import type { Learners } from './learning.ts';
import type { Rule } from './rule-line.ts';
import type { Watched } from './watching.ts';

export interface Moment {
    /** dom0's clock, milliseconds since 1970. */
    readonly nowMs: number;
    /**
     * The latest `expire=` that was ever seen to pass, in seconds since 1970.
     * What has passed stays so when the clock is set back. Null: it cannot be
     * told, so no rule with a time holds.
     */
    readonly passed: number | null;
    /**
     * Of each `expire=` that comes sooner than the clock says, as that was set
     * back, when it comes by the clock as it is now.
     */
    readonly ends: ReadonlyMap<number, number>;
    /** This boot of dom0. */
    readonly boot: string;
    /** The qubes that learn. */
    readonly learners: Learners;
    /** The qubes that are watched. */
    readonly watched: readonly Watched[];
}

/** What ends a rule; null each: nothing does. */
export type Ending = Pick<Rule, 'expire' | 'run'>;

export const noEnding: Ending = { expire: null, run: null };

/** What names a run of a qube: the boot of dom0, and its Xen domain in it. */
export function runOf({ boot }: Pick<Moment, 'boot'>, xid: number): string {
    return `${boot}.${xid}`;
}

/** Begins the name of each run in this boot, given dom0's boot id. */
export function bootOf(bootId: string): string {
    return bootId.slice(0, 8);
}

/** Whether it holds no more for a qube that runs as that domain, if it does. */
export function isOver(
    { expire, run }: Ending,
    moment: Moment,
    xid: number | null,
): boolean {
    const isExpired = expire !== null && hasPassed(expire, moment);
    const isOtherRun =
        run !== null && (xid === null || run !== runOf(moment, xid));
    return isExpired || isOtherRun;
}

/** When that `expire=` comes by the clock as it is now, seconds since 1970. */
export function endAt(expire: number, { ends }: Pick<Moment, 'ends'>): number {
    return ends.get(expire) ?? expire;
}

/** Whether its time is over, and not only unknown. */
export function hasExpired(
    { expire }: Pick<Ending, 'expire'>,
    moment: Pick<Moment, 'nowMs' | 'passed'>,
): boolean {
    return (
        expire !== null && moment.passed !== null && hasPassed(expire, moment)
    );
}

export function hasPassed(
    expire: number,
    { nowMs, passed }: Pick<Moment, 'nowMs' | 'passed'>,
): boolean {
    return passed === null || expire <= passed || expire * 1000 <= nowMs;
}
