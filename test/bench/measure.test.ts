import { describe, expect, test } from 'vitest';
import { type Case, type Group, measure } from './measure.ts';

/** Cases A and B which note what is called, and of which 0, 1, 2, … is measured. */
function recordingGroup(rounds: number) {
    const calls: string[] = [];
    let clock = 0;
    const note = (call: string) => async () => {
        calls.push(call);
    };
    const caseOf = (name: string): Case => ({
        name,
        role: 'ours',
        prepare: note(`prepare ${name}`),
        measure: async () => {
            calls.push(`measure ${name}`);
            clock += 1;
            return clock - 1;
        },
        restore: note(`restore ${name}`),
    });
    const group: Group = {
        title: 'a recording group',
        rounds,
        cases: [caseOf('A'), caseOf('B')],
        setUp: note('set up'),
        tearDown: note('tear down'),
        remarks: async () => ['a remark'],
    };
    return { group, calls };
}

describe('measuring a group', () => {
    test('takes the cases in turn, between set-up and tear-down', async () => {
        const { group, calls } = recordingGroup(1);
        await measure(group);
        const round = ['A', 'B'].flatMap((name) =>
            ['prepare', 'measure', 'restore'].map((call) => `${call} ${name}`),
        );
        expect(calls).toEqual(['set up', ...round, ...round, 'tear down']);
    });

    test('throws away the first round', async () => {
        const { group } = recordingGroup(2);
        const { numbers } = await measure(group);
        expect([...numbers.values()]).toEqual([
            [2, 4],
            [3, 5],
        ]);
    });

    test('keeps what there is to remark', async () => {
        const { group } = recordingGroup(1);
        expect((await measure(group)).remarks).toEqual(['a remark']);
    });

    test('fails with the case that fails', async () => {
        const { group } = recordingGroup(1);
        const failing: Case = {
            name: 'C',
            role: 'floor',
            measure: () => Promise.reject(new Error('C does not work')),
        };
        const cases = [...group.cases, failing];
        await expect(measure({ ...group, cases })).rejects.toThrow(
            'C does not work',
        );
    });
});
