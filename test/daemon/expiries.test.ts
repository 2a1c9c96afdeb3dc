// The daemon's waking, over suspend and clocks that are set.
import { expect, test } from 'vitest';
import type { Clock } from '../../dom0/daemon/clock.ts';
import { Expiries } from '../../dom0/daemon/expiries.ts';
import type { View } from '../../dom0/view.ts';
import { filesOf, noonMoment, nothingShared } from '../dom0/rules.ts';

const noon = noonMoment.nowMs;

/** Timers by one clock, the time by another. */
class TwoClocks implements Clock {
    private runningMs = 0;
    private wallMs = noon;
    private timers: { at: number; action: () => void }[] = [];

    now = () => new Date(this.wallMs);

    after(milliseconds: number, action: () => void): () => void {
        const timer = { at: this.runningMs + milliseconds, action };
        this.timers.push(timer);
        return () => {
            this.timers = this.timers.filter((each) => each !== timer);
        };
    }

    /** As long as it is not asleep. */
    runs(seconds: number): void {
        const until = this.runningMs + seconds * 1000;
        for (;;) {
            const [next] = this.timers
                .filter(({ at }) => at <= until)
                .sort((one, other) => one.at - other.at);
            if (next === undefined) {
                break;
            }
            this.timers = this.timers.filter((each) => each !== next);
            this.wallMs += next.at - this.runningMs;
            this.runningMs = next.at;
            next.action();
        }
        this.wallMs += until - this.runningMs;
        this.runningMs = until;
    }

    isSetBy(seconds: number): void {
        this.wallMs += seconds * 1000;
    }
}

function waiting(expire: number) {
    const clock = new TwoClocks();
    let woken = 0;
    const expiries = new Expiries(clock, () => {
        woken += 1;
    });
    const text = `^a$ expire=${noon / 1000 + expire}\n^b$\n`;
    const files = filesOf({ work: text });
    const look = () =>
        expiries.saw({ ...nothingShared, files } as unknown as View);
    look();
    return { clock, look, times: () => woken };
}

test('it wakes at the time of the next rule, once', () => {
    const { clock, times } = waiting(25);
    clock.runs(24.9);
    expect(times()).toBe(0);
    clock.runs(0.1);
    expect(times()).toBe(1);
    clock.runs(3600);
    expect(times()).toBe(1);
});

test('it wakes ten seconds after a suspend at the latest', () => {
    const { clock, times } = waiting(3600);
    clock.runs(5);
    clock.isSetBy(7200);
    clock.runs(10);
    expect(times()).toBe(1);
});

test('it has a look when the clock is set back, and then waits longer', () => {
    const { clock, look, times } = waiting(30);
    clock.isSetBy(-60);
    clock.runs(10);
    expect(times()).toBe(1);
    look();
    clock.runs(70);
    expect(times()).toBe(1);
    clock.runs(20);
    expect(times()).toBe(2);
});

test('it wakes for no rule without a time', () => {
    const { clock, times } = waiting(-60);
    clock.runs(3600);
    expect(times()).toBe(0);
});
