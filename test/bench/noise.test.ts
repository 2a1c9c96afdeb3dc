import { describe, expect, test } from 'vitest';
import { noise, yardstick } from './machine.ts';
import type { Measured } from './measure.ts';

function measured(name: string, numbers: readonly number[]): Measured {
    const measure = async () => 0;
    return {
        title: 'a group',
        unit: 'ms',
        aims: [],
        numbers: new Map([[{ name, role: 'floor', measure }, numbers]]),
        remarks: [],
        counted: [],
    };
}

describe('the noise', () => {
    test('is how far the quartiles of the yardstick lie apart', () => {
        expect(noise([measured(yardstick, [8, 9, 10, 11, 12])])).toBeCloseTo(
            0.2,
        );
    });

    test('is none where another Node.js takes longer, evenly', () => {
        const here = measured(yardstick, [20, 20, 20]);
        const there = measured(yardstick, [30, 30, 30]);
        expect(noise([here, there])).toBe(0);
    });

    test('is not known without a yardstick', () => {
        expect(noise([measured('a command', [1, 2])])).toBeNull();
    });
});
