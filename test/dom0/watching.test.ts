// Who is watched at a moment, and what a ProxyVM is told of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadlinesOf } from '../../dom0/core/deadlines.ts';
import { rulesOf } from '../../dom0/core/effective-rules.ts';
import { filterOf, watchable } from '../../dom0/core/filter.ts';
import type { Moment } from '../../dom0/core/moment.ts';
import {
    type Watching,
    watchedAt,
    watchedUntil,
    watchSeconds,
    withoutWatch,
    withWatch,
} from '../../dom0/core/watching.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { exampleQubes, systemOf } from './fake-qubes.ts';
import {
    filesOf,
    nameOf,
    noonMoment,
    nothingShared,
    uuidFor,
} from './rules.ts';

const one = '11111111-1111-4111-8111-111111111111' as Uuid;
const other = '22222222-2222-4222-8222-222222222222' as Uuid;
const noon = noonMoment.nowMs;
const clocks = { nowMs: noon, monotonicMs: 5_000_000, boot: noonMoment.boot };
const end = noon / 1000 + watchSeconds;
const work = uuidFor('work');
const banking = uuidFor('banking');
const system = systemOf(exampleQubes);

function at(seconds: number) {
    return {
        ...clocks,
        nowMs: noon + seconds * 1000,
        monotonicMs: clocks.monotonicMs + seconds * 1000,
    };
}

function momentOf(watching: Watching, now = clocks): Moment {
    const watched = watchedAt(watching, now);
    return { ...noonMoment, nowMs: now.nowMs, watched };
}

const all = withWatch([], { id: one, qubes: null }, clocks);

describe('a watch', () => {
    test('is of all qubes, or of those that are named', () => {
        const some = withWatch([], { id: one, qubes: [work] }, clocks);
        const { watched } = momentOf(some);
        expect(watchedUntil(watched, work)).toBe(end);
        expect(watchedUntil(watched, banking)).toBeNull();
        expect(watchedUntil(momentOf(all).watched, banking)).toBe(end);
    });

    test('that nobody renews is over in time, whatever the clock does', () => {
        const seconds = fc.integer({ min: 0, max: 2 * watchSeconds });
        const skew = fc.integer({ min: -(10 ** 6), max: 10 ** 6 });
        fc.assert(
            fc.property(seconds, skew, (passed, set) => {
                const now = at(passed);
                const shifted = { ...now, nowMs: now.nowMs + set * 1000 };
                const until = watchedUntil(watchedAt(all, shifted), work) ?? 0;
                const left = until - shifted.nowMs / 1000;
                expect(left).toBeLessThanOrEqual(
                    Math.max(0, watchSeconds - passed),
                );
            }),
            { seed: 6 },
        );
    });

    test('never outlives a boot', () => {
        const rebooted = { ...clocks, boot: '00000000' };
        expect(watchedAt(all, rebooted)).toEqual([]);
    });

    test('goes on while another one goes on', () => {
        const both = withWatch(all, { id: other, qubes: [work] }, at(60));
        const left = withoutWatch(both, one, at(90));
        expect(watchedUntil(watchedAt(both, at(90)), work)).toBe(end + 60);
        expect(watchedUntil(watchedAt(left, at(90)), work)).toBe(end + 60);
        expect(watchedUntil(watchedAt(left, at(90)), banking)).toBeNull();
        expect(withoutWatch(left, other, at(90))).toEqual([]);
    });

    test('that is renewed is one watch, and what is over goes', () => {
        const renewed = withWatch(all, { id: one, qubes: null }, at(60));
        expect(renewed).toHaveLength(1);
        expect(
            withWatch(renewed, { id: other, qubes: null }, at(1000)),
        ).toHaveLength(1);
    });
});

function rulesOfWork(text: string, moment = momentOf(all)) {
    const files = filesOf({ work: text });
    const qube = system.get(nameOf('work')) ?? expect.fail('no work');
    const rules = rulesOf({ ...nothingShared, files, moment }, qube);
    return rules?.ok ? rules.value : expect.fail('no rules');
}

describe('the rules of a watched qube', () => {
    test('let through what they did, record all, and end that by themselves', () => {
        const rules = rulesOfWork('^a\\.test$\n');
        const before = rulesOfWork('^a\\.test$\n', noonMoment);
        expect(filterOf(rules)).toEqual({ ...filterOf(before), record: 'all' });
        expect(deadlinesOf(rules, momentOf(all))).toEqual([
            { seconds: watchSeconds, filter: filterOf(before) },
        ]);
    });

    test('are not recorded against the will of who wrote them', () => {
        const rules = rulesOfWork('!log-level warning\n^a\\.test$\n');
        expect(filterOf(rules).record).toBe('nothing');
        expect(deadlinesOf(rules, momentOf(all))).toEqual([]);
    });

    test('end with their own times, in order', () => {
        const expire = noon / 1000 + 60;
        const rules = rulesOfWork(`^a\\.test$ expire=${expire}\n^b\\.test$\n`);
        const deadlines = deadlinesOf(rules, momentOf(all));
        expect(
            deadlines.map(({ seconds, filter }) => [
                seconds,
                filter?.rules,
                filter?.record,
            ]),
        ).toEqual([
            [60, 1, 'all'],
            [watchSeconds, 1, 'refused'],
        ]);
    });

    test('are not recorded if they would have to be sent twice and are long', () => {
        const text = Array.from(
            { length: 2500 },
            (_, at) =>
                `^${at}${'x'.repeat(40)}\\.${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}$`,
        ).join('\n');
        const rules = rulesOfWork(text);
        expect(filterOf(rules).record).toBe('all');
        const told = watchable(rules);
        expect(filterOf(told).record).toBe('refused');
        expect(deadlinesOf(told, momentOf(all))).toEqual([]);
    });
});

test('without rules nobody gets a proxy by being watched', () => {
    const qube = system.get(nameOf('work')) ?? expect.fail('no work');
    const files = filesOf({ banking: '^a\\.test$\n' });
    const known = { ...nothingShared, files, moment: momentOf(all) };
    expect(rulesOf(known, qube)).toBeNull();
});
