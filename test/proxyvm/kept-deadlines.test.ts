// Deadlines go by two clocks: neither is enough.
import { expect, test } from 'vitest';
import {
    areTimed,
    asDeadline,
    asKept,
} from '../../proxyvm/core/kept-deadlines.ts';

const now = { unix: 1_795_837_749.25, uptime: 1234.5 };
const kept = asKept({ seconds: 60, filter: null }, now);

function left(unix: number, uptime: number): number {
    const clocks = { unix: now.unix + unix, uptime: now.uptime + uptime };
    return asDeadline(kept, clocks).seconds;
}

test('what is left of a deadline is what it was, less the time that passed', () => {
    expect(left(0, 0)).toBeCloseTo(60, 0);
    expect(left(20, 20)).toBeCloseTo(40, 0);
    expect(left(61, 61)).toBeLessThan(0);
});

test('a clock that is set back makes nothing longer', () => {
    expect(left(-86_400, 61)).toBeLessThan(0);
    expect(left(-86_400, 20)).toBeCloseTo(40, 0);
});

test('an uptime that stands still, as in suspend, makes nothing longer', () => {
    expect(left(3600, 1)).toBeLessThan(0);
});

test('what was held up on its way is over, not longer', () => {
    const late = asKept({ seconds: -5, filter: null }, now);
    expect(asDeadline(late, now).seconds).toBeLessThanOrEqual(1);
});

test('the timer of the first deadline, and no other, is the right one', () => {
    const [at, later] = [kept.unix, kept.unix + 60];
    const all = [kept, { ...kept, unix: later }];
    expect(areTimed(all, [at])).toBe(true);
    expect(areTimed([], [])).toBe(true);
    for (const timers of [[], [later], [at, later]]) {
        expect(areTimed(all, timers)).toBe(false);
    }
    expect(areTimed([], [at])).toBe(false);
});
