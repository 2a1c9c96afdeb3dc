import { describe, expect, test } from 'vitest';
import { formatCases, linesOf } from './cases-table.ts';
import { measured } from './example.ts';
import { formatTable } from './table.ts';

describe('the table', () => {
    test('has a line for each row, and what there is to remark below', () => {
        expect(formatTable([measured])).toBe(
            [
                '                                      ours  opponent    floor  of opponent  of floor  aim                                                 holds',
                'one rule added (one-rule)           250 ms    150 ms  37.5 ms       1.75 x    7.00 x  less than the opponent; at most 10 times the floor  NO',
                'of it: connections (one-rule-lost)  0 lost  4.0 lost                0.00 x',
                '',
                'one-rule: nothing was lost',
            ].join('\n'),
        );
    });
});

describe('all cases', () => {
    test('stand in columns, group by group', () => {
        expect(formatCases([measured])).toBe(
            [
                '                       role       median     quartiles    min .. max  runs  ours is',
                '',
                'one rule added (one-rule)',
                '    agent: apply       ours       250 ms    225 .. 275    200 .. 300     2',
                '    opponent: restart  opponent   150 ms    125 .. 175    100 .. 200     2   1.75 x',
                '    systemctl start    floor     25.0 ms  22.5 .. 27.5  20.0 .. 30.0     2  10.00 x',
                '    nft -f             floor     12.5 ms   8.8 .. 16.3   5.0 .. 20.0     2  27.50 x',
                '    node -e 0          beside    20.0 ms  15.0 .. 25.0  10.0 .. 30.0     2  15.00 x',
            ].join('\n'),
        );
    });

    test('nothing is compared with ours', () => {
        const ratios = linesOf(measured).map(({ ratio }) => ratio);
        expect(ratios).toEqual([null, 1.75, 10, 27.5, 15]);
    });
});
