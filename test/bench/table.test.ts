import { describe, expect, test } from 'vitest';
import type { Case } from './measure.ts';
import { formatTable, linesOf, type NamedMeasured } from './table.ts';

function caseOf(name: string, role: Case['role'], aim?: number): Case {
    const time = () => Promise.reject(new Error('it was measured before'));
    return { name, role, time, ...(aim === undefined ? {} : { aim }) };
}

const [ours, opponent, node] = [
    caseOf('agent: apply', 'ours'),
    caseOf('opponent: restart', 'opponent', 1),
    caseOf('node -e 0', 'floor'),
] as const;

const measured: NamedMeasured = {
    name: 'one-rule',
    title: 'one rule added',
    times: new Map([
        [ours, [200, 300]],
        [opponent, [100, 200]],
        [node, [20, 30]],
    ]),
    remarks: ['nothing was lost'],
};

describe('the table', () => {
    test('stands in columns, with the aim next to what is compared', () => {
        expect(formatTable([measured])).toBe(
            [
                '                        median     quartiles    min .. max  runs  ours is',
                '',
                'one rule added (one-rule)',
                '    agent: apply        250 ms    225 .. 275    200 .. 300     2',
                '    opponent: restart   150 ms    125 .. 175    100 .. 200     2   1.75 x  aim: at most 1 x',
                '    node -e 0          25.0 ms  22.5 .. 27.5  20.0 .. 30.0     2  10.00 x',
                '    nothing was lost',
            ].join('\n'),
        );
    });

    test('compares nothing with ours', () => {
        const ratios = linesOf(measured).map(({ ratio }) => ratio);
        expect(ratios).toEqual([null, 1.75, 10]);
    });
});
