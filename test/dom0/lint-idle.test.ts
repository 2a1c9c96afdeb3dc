// Rules that were not used for long: only where all uses were counted.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectUsage } from '../../dom0/collect-usage.ts';
import { idleDays } from '../../dom0/core/lint/lint-idle.ts';
import {
    type Answered,
    longestGap,
    withSpan,
} from '../../dom0/core/usage/span.ts';
import type { FileUsage } from '../../dom0/core/usage/usage-file.ts';
import { newUsage } from '../../dom0/core/usage/usage-of-files.ts';
import { look } from '../../dom0/view.ts';
import { counted, countingAgent } from './counting-agent.ts';
import { type FakeDom0Options, fakeDom0 } from './fake-dom0.ts';
import { uuidOf } from './fake-qubes.ts';

const day = 24 * 60 * 60;
const noon = Date.UTC(2026, 10, 24, 12) / 1000;
const config = '/etc/qubes/filterproxy';

interface Sums {
    readonly since?: number | null;
    readonly at?: number;
    readonly first?: number;
    readonly last?: number | null;
    readonly owner?: string | null;
}

/** Sums of one rule; counted for long, and never used, but for `differences`. */
function sumsOf(rule: string, differences: Sums = {}): string {
    const long = noon - (idleDays + 10) * day;
    const { since, at, first, last, owner } = {
        since: long,
        at: noon - 600,
        first: long,
        last: null,
        owner: uuidOf('work'),
        ...differences,
    };
    const count = last === null ? 0 : 1;
    const rules = [{ rule, count, first, last, seen: [] }];
    return JSON.stringify({ version: 1, owner, since, at, sources: [], rules });
}

async function lintOf(options: FakeDom0Options) {
    const dom0 = await fakeDom0({
        rules: { work: '!usage on\n^a\\.test$\n' },
        ...options,
    });
    const { out, err } = await dom0.cli('lint');
    return `${err}${out}`.replaceAll(config, '…');
}

const ofWork = (differences: Sums = {}) => ({
    files: {
        'usage/qubes.work.rules.json': sumsOf('^a\\.test$', differences),
    },
});

const nothing = 'nothing found\n';

describe('lint names a rule that was not used', () => {
    test('for long, and since when', async () => {
        expect(await lintOf(ofWork())).toBe(
            '…/qubes/work.rules:2: ^a\\.test$ has let nothing through since 2026-08-16\n' +
                '    remove it if it is not needed\n',
        );
    });

    test('again since it was used last', async () => {
        const last = noon - (idleDays + 1) * day;
        expect(await lintOf(ofWork({ last }))).toContain('since 2026-08-25');
    });

    test('for a block list, in which it refuses', async () => {
        expect(
            await lintOf({
                ...ofWork(),
                rules: { work: '!default allow\n!usage on\n^a\\.test$\n' },
            }),
        ).toContain('has refused nothing since');
    });

    test('though it is counted in a set, if all that use the set are counted', async () => {
        const options = (banking: string) => ({
            rules: { work: '!usage on\n!include dev\n', banking },
            files: {
                'sets/dev.rules': '^a\\.test$\n',
                'usage/sets.dev.rules.json': sumsOf('^a\\.test$', {
                    owner: null,
                }),
            },
        });
        const both = await lintOf(options('!usage on\n!include dev\n'));
        expect(both).toContain('…/sets/dev.rules:1: ^a\\.test$ has let');
        expect(await lintOf(options('!include dev\n'))).toBe(nothing);
    });
});

describe('lint names none', () => {
    test.each<[string, Sums]>([
        ['was used lately', { last: noon - (idleDays - 1) * day }],
        ['is counted for too short', { first: noon - (idleDays - 1) * day }],
        ['was not counted all the time', { since: noon - 80 * day }],
        ['is not counted for all', { since: null }],
        ['was not asked for lately', { at: noon - longestGap - 1 }],
        ['is of an earlier qube', { owner: uuidOf('other') }],
    ])('that %s', async (_, differences) => {
        expect(await lintOf(ofWork(differences))).toBe(nothing);
    });

    test('of which no uses are counted now', async () => {
        const rules = { work: '^a\\.test$\n' };
        expect(await lintOf({ ...ofWork(), rules })).toBe(nothing);
    });

    test('of which there are no sums', async () => {
        const files = { 'usage/qubes.work.rules.json': sumsOf('^b$') };
        expect(await lintOf({ files })).toBe(nothing);
    });

    test('when it cannot read the sums, which it says', async () => {
        const files = { 'usage/qubes.work.rules.json': '{}' };
        expect(await lintOf({ files })).toMatch(
            /^…\/usage\/qubes\.work\.rules\.json: .*; to count anew: rm …\/usage\/qubes\.work\.rules\.json\n$/,
        );
    });
});

describe('the span in which all uses are counted', () => {
    const anyLook = fc.tuple(
        fc.nat({ max: 3 * longestGap }),
        fc.constantFrom<Answered>('all', 'all', 'all', 'some', 'uncounted'),
    );

    test('reaches back over no look that heard of a qube without counts, and no week without one that heard all', () => {
        fc.assert(
            fc.property(fc.array(anyLook, { maxLength: 30 }), (looks) => {
                let usage: FileUsage = newUsage(null);
                let now = noon;
                const all: [number, Answered][] = [];
                for (const [wait, answered] of looks) {
                    now += wait;
                    all.push([now, answered]);
                    usage = withSpan(usage, answered, now);
                    const { since, at } = usage;
                    if (since === null) {
                        continue;
                    }
                    const within = all.filter(([time]) => time >= since);
                    const whole = within.filter(([, each]) => each === 'all');
                    const times = [since, ...whole.map(([time]) => time)];
                    expect(within.map(([, each]) => each)).not.toContain(
                        'uncounted',
                    );
                    expect(times.at(-1)).toBe(at);
                    times.slice(1).forEach((time, index) => {
                        const before = times[index] ?? time;
                        expect(time - before).toBeLessThanOrEqual(longestGap);
                    });
                }
            }),
            { seed: 20261124, numRuns: 1000 },
        );
    });

    test('begins anew after requests of which the host is not known', async () => {
        const known = counted('work', {});
        const counting = countingAgent([known]);
        const dom0 = await fakeDom0({
            rules: { work: '!usage on\n^a\\.test$\n' },
            agents: { 'sys-filter': counting.agent },
        });
        const completeSince = async () => {
            const args = ['list', 'work', '--usage', '--json'];
            const [work] = JSON.parse((await dom0.cli(...args)).out).usage;
            return work.files[0].completeSince;
        };
        expect(await completeSince()).toBe(noon);
        const later = noon + 3600;
        const deps = { ...dom0.deps, now: () => new Date(later * 1000) };
        const view = await look(deps);
        expect((await collectUsage(deps, view)).usages).toEqual(
            new Map([
                ['qubes/work.rules', expect.objectContaining({ since: noon })],
            ]),
        );
        counting.clients = [{ ...known, unnamed: 3 }];
        expect((await collectUsage(deps, view)).usages).toEqual(
            new Map([
                ['qubes/work.rules', expect.objectContaining({ since: later })],
            ]),
        );
    });

    test('begins anew when the clock is set back', () => {
        const usage = { ...newUsage(null), since: noon - day, at: noon };
        expect(withSpan(usage, 'all', noon - 60)).toMatchObject({
            since: noon - 60,
            at: noon - 60,
        });
    });

    test.each<[string, 'all' | 'refused' | null, number | null]>([
        ['that says it counts', 'all', noon],
        ['that has no proxy for the qube', null, noon],
        ['that counts refused hosts only', 'refused', null],
    ])(
        'begins with the answer of a ProxyVM %s',
        async (_, recording, since) => {
            const { agent, clients } = countingAgent([
                { ...counted('work', {}), recording },
            ]);
            expect(clients).toHaveLength(1);
            const dom0 = await fakeDom0({
                rules: { work: '!usage on\n^a\\.test$\n' },
                agents: { 'sys-filter': agent },
            });
            const { out } = await dom0.cli('list', 'work', '--usage', '--json');
            const [work] = JSON.parse(out).usage;
            expect(work.files[0].completeSince).toBe(since);
        },
    );
});
