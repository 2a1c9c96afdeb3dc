import { describe, expect, test } from 'vitest';
import { type Aim, atMost, overFloor, timesCase } from './aims.ts';
import { measured } from './example.ts';
import { rowsOf } from './rows.ts';

function holds(...aims: Aim[]): boolean | null | undefined {
    return rowsOf({ ...measured, aims })[0]?.holds;
}

describe('the rows of a group', () => {
    test('compare medians, the floor with all its parts, round by round', () => {
        expect(rowsOf(measured)[0]).toEqual({
            name: 'one-rule',
            what: 'one rule added',
            ours: 250,
            opponent: 150,
            floor: 37.5,
            unit: 'ms',
            ofOpponent: 1.75,
            ofFloor: 7,
            aim: 'less than the opponent; at most 10 times the floor',
            holds: false,
        });
    });

    test('are as many more as something was counted', () => {
        expect(rowsOf(measured)[1]).toMatchObject({
            name: 'one-rule-lost',
            ours: 0,
            opponent: 4,
            floor: null,
            aim: null,
            holds: null,
        });
    });

    test('have no ratio to nothing', () => {
        const [, lost] = rowsOf({
            ...measured,
            counted: measured.counted.map((each) => ({ ...each, opponent: 0 })),
        });
        expect(lost?.ofOpponent).toBeNull();
    });
});

describe('an aim', () => {
    test.each([
        ['most of all', atMost(250, 'ms'), true],
        ['less', atMost(249, 'ms'), false],
        ['so much over the floor', overFloor(213), true],
        ['less over the floor', overFloor(212), false],
        ['no more than a case', timesCase(17.5, 'node -e 0'), true],
        ['less than a case', timesCase(10, 'node -e 0'), false],
        ['no more than what is not there', timesCase(1, 'else'), null],
    ])('holds or not, as the median says: %s', (_, aim, expected) => {
        expect(holds(aim)).toBe(expected);
    });

    test('of several all have to hold, and what cannot be told is no yes', () => {
        const [yes, no] = [atMost(250, 'ms'), atMost(1, 'ms')];
        const unknown = timesCase(1, 'else');
        expect(holds(yes, yes)).toBe(true);
        expect(holds(yes, unknown)).toBeNull();
        expect(holds(yes, unknown, no)).toBe(false);
    });
});
