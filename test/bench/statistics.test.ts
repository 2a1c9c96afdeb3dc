import { describe, expect, test } from 'vitest';
import { medianRatio, summarise } from './statistics.ts';

describe('a summary', () => {
    test('has the middle, the quartiles and the ends of an odd number', () => {
        expect(summarise([5, 1, 4, 2, 3])).toEqual({
            median: 3,
            lowerQuartile: 2,
            upperQuartile: 4,
            min: 1,
            max: 5,
            runs: 5,
        });
    });

    test('lies between two numbers where none is in the middle', () => {
        const { median, lowerQuartile, upperQuartile } = summarise([
            1, 2, 3, 6,
        ]);
        expect([lowerQuartile, median, upperQuartile]).toEqual([
            1.75, 2.5, 3.75,
        ]);
    });

    test('of a single number is that number', () => {
        const { median, min, max, runs } = summarise([7]);
        expect([median, min, max, runs]).toEqual([7, 7, 7, 1]);
    });

    test('leaves the order of what it was given', () => {
        const numbers = [3, 1, 2];
        summarise(numbers);
        expect(numbers).toEqual([3, 1, 2]);
    });
});

describe('the ratio', () => {
    test('is taken round by round, so that a slow round changes nothing', () => {
        expect(medianRatio([20, 200, 20], [10, 100, 10])).toBe(2);
    });

    test('is the median of those of the rounds, not that of the medians', () => {
        expect(medianRatio([10, 30, 90], [10, 10, 90])).toBe(1);
    });
});
