// The daemon's own waking when the time of a rule has come.
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
    private callOff: CallOff | null = null;

    private readonly clock: Clock;
    private readonly onExpiry: () => void;

    constructor(clock: Clock, onExpiry: () => void) {
        this.clock = clock;
        this.onExpiry = onExpiry;
    }

    /** From now on it waits for the next time in these rules. */
    saw(view: View): void {
        this.next = nextExpiry(view, view.moment);
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
        const { next } = this;
        if (next !== null && this.clock.now().getTime() >= next * 1000) {
            // What follows is told by the look that this is the reason of.
            this.next = null;
            this.onExpiry();
        } else {
            this.wait();
        }
    }
}
