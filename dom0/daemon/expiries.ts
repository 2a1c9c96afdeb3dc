// The daemon's own waking when the time of a rule, or of learning, has come.
import { nextExpiry } from '../core/passed.ts';
import type { View } from '../view.ts';
import type { CallOff, Clock } from './clock.ts';

/**
 * A timer stands still while the machine is suspended, and the clock may be
 * set: after so long it is looked at again, while there is a time to wait for.
 */
const longestMs = 10_000;

export class Expiries {
    private next: number | null = null;
    /** What the clock said when it was asked last. */
    private lastMs = 0;
    private callOff: CallOff | null = null;

    private readonly clock: Clock;
    private readonly onExpiry: () => void;

    constructor(clock: Clock, onExpiry: () => void) {
        this.clock = clock;
        this.onExpiry = onExpiry;
    }

    /** From now on it waits for the next time that something ends. */
    saw(view: View): void {
        this.next = nextExpiry(view, view.moment);
        this.lastMs = this.clock.now().getTime();
        this.wait();
    }

    private wait(): void {
        this.callOff?.();
        this.callOff = null;
        if (this.next !== null) {
            const leftMs = this.next * 1000 - this.clock.now().getTime();
            const waitMs = Math.min(Math.max(leftMs, 0), longestMs);
            this.callOff = this.clock.after(waitMs, () => this.wake());
        }
    }

    private wake(): void {
        const { next, lastMs } = this;
        const nowMs = this.clock.now().getTime();
        this.lastMs = nowMs;
        // When learning ends is another time by a clock that was set back.
        if (next !== null && (nowMs >= next * 1000 || nowMs < lastMs)) {
            // What follows is told by the look that this is the reason of.
            this.next = null;
            this.onExpiry();
        } else {
            this.wait();
        }
    }
}
