// When rules with a time end, whatever the clock is set to.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadlinesOf } from '../../dom0/core/deadlines.ts';
import { rulesOf } from '../../dom0/core/effective-rules.ts';
import { endsOf, nothingSeen, withSeen } from '../../dom0/core/first-seen.ts';
import { endAt } from '../../dom0/core/moment.ts';
import { exampleQubes, systemOf } from './fake-qubes.ts';
import { filesOf, nameOf, noonMoment, nothingShared } from './rules.ts';

const seed = 20261129;
const noon = noonMoment.nowMs / 1000;
const uptime = 5000;

/** So many seconds after noon, and the clock was set by so many. */
function clocksAt(seconds: number, setBy = 0) {
    return {
        nowMs: 1000 * (noon + seconds + setBy),
        monotonicMs: 1000 * (uptime + seconds),
    };
}

/** These were seen at noon. */
function seenAtNoon(expiries: readonly number[]) {
    return withSeen(nothingSeen, expiries, clocksAt(0)) ?? nothingSeen;
}

const afterNoon = fc
    .uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1 })
    .map((seconds) => seconds.map((each) => noon + each));
const anySetBy = fc.integer({ min: -20_000, max: 20_000 });

describe('a time that was seen', () => {
    test('comes by the uptime or by the clock, and by no more than a minute later', () => {
        const passed = fc.integer({ min: 0, max: 20_000 });
        fc.assert(
            fc.property(afterNoon, passed, anySetBy, (times, after, setBy) => {
                const now = clocksAt(after, setBy);
                const ends = endsOf(times, seenAtNoon(times), now);
                for (const time of times) {
                    const isOver = endAt(time, { ends }) * 1000 <= now.nowMs;
                    if (noon + after >= time + 60 || now.nowMs / 1000 >= time) {
                        expect(isOver).toBe(true);
                    }
                    const isAhead = times.every(
                        (each) => each < time || noon + after < each,
                    );
                    if (isAhead && now.nowMs / 1000 < time) {
                        expect(isOver).toBe(false);
                    }
                }
            }),
            { seed },
        );
    });

    test('comes as it says while the clock is only corrected', () => {
        const correction = fc.integer({ min: -60, max: 20_000 });
        fc.assert(
            fc.property(afterNoon, correction, (times, setBy) => {
                const now = clocksAt(1, setBy);
                expect(endsOf(times, seenAtNoon(times), now).size).toBe(0);
            }),
            { seed },
        );
    });

    test('is noted once, until it has passed', () => {
        const times = [noon + 60, noon + 120];
        const seen = seenAtNoon(times);
        expect(withSeen(seen, times, clocksAt(30, -3600))).toBeNull();
        const more = withSeen(seen, [...times, noon + 180], clocksAt(60));
        expect([...(more?.keys() ?? [])]).toEqual([noon + 120, noon + 180]);
    });
});

test('what follows is told in its order, however times were seen', () => {
    const setBacks = fc.tuple(afterNoon, afterNoon, anySetBy);
    fc.assert(
        fc.property(setBacks, ([early, late, setBy]) => {
            const now = clocksAt(0, setBy);
            const seen = seenAtNoon(early);
            const times = [...new Set([...early, ...late])];
            const ends = endsOf(times, withSeen(seen, times, now) ?? seen, now);
            const text = times
                .map((expire, index) => `^h${index}$ expire=${expire}\n`)
                .join('');
            const moment = { ...noonMoment, nowMs: now.nowMs, ends };
            const all = { ...nothingShared, files: filesOf({ work: text }) };
            const work = systemOf(exampleQubes).get(nameOf('work'));
            const rules = work && rulesOf({ ...all, moment }, work);
            const seconds = rules?.ok
                ? deadlinesOf(rules.value, moment).map((each) => each.seconds)
                : [];
            expect(seconds).toEqual(
                [...new Set(seconds)].toSorted((one, other) => one - other),
            );
        }),
        { seed },
    );
});
