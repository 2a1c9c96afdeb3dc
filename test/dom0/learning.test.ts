// Who learns at a moment, by the file and the clocks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadlinesOf } from '../../dom0/core/deadlines.ts';
import { decider } from '../../dom0/core/decide.ts';
import { noRules, rulesOf } from '../../dom0/core/effective-rules.ts';
import { filterOf } from '../../dom0/core/filter.ts';
import {
    type Clocks,
    learnersAt,
    nobodyLearns,
    parseLearning,
    renderLearning,
    withLearner,
    withoutLearner,
} from '../../dom0/core/learning.ts';
import type { Qube } from '../../dom0/core/qube.ts';
import { rulesAfter } from '../../dom0/core/rules-after.ts';
import { parseTarget } from '../../dom0/core/target.ts';
import {
    areLinesWithin,
    findOddity,
    matches,
    parseConfinedLine,
    plainNameLine,
} from '../../shared/pattern/index.ts';
import { exampleQubes, systemOf } from './fake-qubes.ts';
import { filesOf, nameOf, noonMoment, nothingShared } from './rules.ts';

const seed = 20261128;
const noon = noonMoment.nowMs;
const system = systemOf(exampleQubes);
const work = qubeOf('work');
const clocks: Clocks = {
    nowMs: noon,
    monotonicMs: 5_000_000,
    passed: 0,
    boot: noonMoment.boot,
};
const learning = begun(1800);

function qubeOf(name: string): Qube {
    const qube = system.get(nameOf(name));
    return qube ?? expect.fail(`no ${name}`);
}

function begun(seconds: number, at: Clocks = clocks) {
    const started = { since: '2026-11-24T12:00:00Z', by: 'user', seconds };
    return withLearner(nobodyLearns, work, started, at, system);
}

function rulesOfWork(text: string, moment = { ...noonMoment }) {
    const learners = learnersAt(learning, clocks);
    const all = {
        ...nothingShared,
        files: filesOf(text === '' ? {} : { work: text }),
        moment: { ...moment, learners },
    };
    const rules = rulesOf(all, work);
    return rules?.ok ? rules.value : expect.fail('no rules');
}

describe('the file of who learns', () => {
    test('is read as it was written', () => {
        const bytes = Buffer.from(renderLearning(learning));
        expect(parseLearning(bytes)).toEqual({ ok: true, value: learning });
    });

    test.each([
        ['nothing', ''],
        ['another version', '{"version": 2, "qubes": []}'],
        ['an unknown field', '{"version": 1, "qubes": [], "all": true}'],
        ['a name that is none', renderLearning(learning).replace('work', '-')],
    ])('is refused with %s', (_, text) => {
        expect(parseLearning(Buffer.from(text)).ok).toBe(false);
    });

    test('drops qubes that are gone', () => {
        const without = new Map(system);
        without.delete(work.name);
        const other = qubeOf('banking');
        const after = withoutLearner(learning, other.uuid, without);
        expect(after.qubes).toEqual([]);
    });
});

describe('a qube learns', () => {
    test('for as long as was asked for', () => {
        const at = (seconds: number) => ({
            ...clocks,
            nowMs: noon + 1000 * seconds,
            monotonicMs: clocks.monotonicMs + 1000 * seconds,
        });
        const until = noon / 1000 + 1800;
        for (const seconds of [0, 60, 1799]) {
            const learners = learnersAt(learning, at(seconds));
            expect(learners.get(work.uuid)?.until).toBe(until);
        }
        expect(learnersAt(learning, at(1800)).size).toBe(0);
    });

    test('not in another boot of dom0', () => {
        expect(learnersAt(learning, { ...clocks, boot: '00000000' }).size).toBe(
            0,
        );
    });

    test('not when it cannot be told what has passed', () => {
        expect(learnersAt(learning, { ...clocks, passed: null }).size).toBe(0);
    });

    test('never again once its end was seen to pass', () => {
        const passed = noon / 1000 + 1800;
        expect(learnersAt(learning, { ...clocks, passed }).size).toBe(0);
    });

    test('never longer than was asked for, whatever the clock is set to', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 86_400 }),
                fc.array(
                    fc.record({
                        passesMs: fc.integer({ min: 0, max: 40_000_000 }),
                        isSetBy: fc.integer({ min: -90_000, max: 90_000 }),
                    }),
                ),
                (seconds, happens) => {
                    const file = begun(seconds);
                    let now = clocks;
                    for (const { passesMs, isSetBy } of happens) {
                        now = {
                            ...now,
                            nowMs: now.nowMs + passesMs + 1000 * isSetBy,
                            monotonicMs: now.monotonicMs + passesMs,
                        };
                        const learner = learnersAt(file, now).get(work.uuid);
                        const left =
                            clocks.monotonicMs +
                            1000 * seconds -
                            now.monotonicMs;
                        const told =
                            learner === undefined
                                ? 0
                                : 1000 * learner.until - now.nowMs;
                        expect(told).toBeLessThanOrEqual(Math.max(left, 0));
                    }
                },
            ),
            { seed },
        );
    });

    test('until one second, however often that is told', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 1_700_000 }),
                fc.integer({ min: -90_000, max: 0 }),
                (passesMs, isSetBy) => {
                    const at = (ms: number) =>
                        learnersAt(learning, {
                            ...clocks,
                            nowMs: noon + ms + 1000 * isSetBy,
                            monotonicMs: clocks.monotonicMs + ms,
                        }).get(work.uuid)?.until;
                    expect(at(passesMs)).toBe(at(0));
                },
            ),
            { seed },
        );
    });
});

describe('the filter of one that learns', () => {
    test('has its rules, and every plain name beside them, recorded', () => {
        const rules = rulesOfWork('^a\\.test$\n');
        const filter = filterOf(rules);
        expect(filter).toMatchObject({
            default: 'deny',
            rules: 1,
            record: 'all',
        });
        expect(filter.lines).toContain(plainNameLine);
        const own = filterOf({ ...rules, learnsUntil: null }).lines;
        expect(areLinesWithin(own, filter.lines)).toBe(true);
        expect(areLinesWithin(filter.lines, own)).toBe(false);
    });

    test('is followed by that of its rules', () => {
        const rules = rulesOfWork(
            `^a\\.test$\n^b\\.test$ expire=${noon / 1000 + 60}\n`,
        );
        const [first, second, ...others] = deadlinesOf(rules, noonMoment);
        expect(others).toEqual([]);
        expect(first?.seconds).toBe(60);
        expect(first?.filter).toMatchObject({ record: 'all', rules: 1 });
        expect(second?.seconds).toBe(1800);
        expect(second?.filter).toEqual(
            filterOf({
                ...rules,
                files: rules.files.map((each) => ({
                    ...each,
                    over: new Set(each.rules.slice(1)),
                })),
                learnsUntil: null,
            }),
        );
    });

    test('is followed by nothing without rules', () => {
        const rules = rulesOfWork('');
        expect(deadlinesOf(rules, noonMoment)).toEqual([
            { seconds: 1800, filter: null },
        ]);
        expect(rulesAfter(rules, noon / 1000 + 1800)).toBeNull();
    });

    test('is that of its rules with a block list', () => {
        const rules = rulesOfWork('!default allow\n^a\\.test$\n');
        expect(rules.learnsUntil).toBeNull();
        expect(filterOf(rules).lines).not.toContain(plainNameLine);
    });
});

describe('the line of every plain name', () => {
    test('is one that the agent takes', () => {
        expect(parseConfinedLine(plainNameLine).ok).toBe(true);
    });

    test('lets plain names through and nothing else', () => {
        const odd = fc.string({ unit: fc.constantFrom(...'a1.-_:/?#\n@ é') });
        const name = fc.stringMatching(
            /^[a-z0-9_-]{1,9}(\.[a-z0-9_-]{1,9}){0,3}\.?$/,
        );
        fc.assert(
            fc.property(fc.oneof(odd, name), (host) => {
                const oddity = findOddity(host);
                expect(matches(plainNameLine, host)).toBe(oddity === null);
            }),
            { seed, numRuns: 5000 },
        );
    });

    test.each(['127.0.0.1', '0x7f.1', '::1', 'localhost', 'a.test.', '.test'])(
        'does not let %s through',
        (host) => {
            expect(matches(plainNameLine, host)).toBe(false);
        },
    );
});

test('a request of one that learns is decided as its proxy does', () => {
    const rules = rulesOfWork('^a\\.test$\n');
    const decided = (typed: string) => {
        const target = parseTarget(typed);
        return decider(rules)(target.ok ? target.value : expect.fail(typed));
    };
    expect(decided('https://a.test/')).toMatchObject({
        isLearning: false,
        refused: null,
    });
    expect(decided('https://b.test/')).toMatchObject({
        isLearning: true,
        refused: null,
    });
    expect(decided('https://b.test:22/')).toMatchObject({
        refused: { kind: 'port' },
    });
    expect(decided('https://192.0.2.1/')).toMatchObject({
        refused: { kind: 'no-rule' },
    });
    expect(noRules.ok && noRules.value.learnsUntil).toBeNull();
});
