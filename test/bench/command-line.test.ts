import { describe, expect, test } from 'vitest';
import { choose, parseOptions, UsageError } from './command-line.ts';

describe('the options', () => {
    test('are a long run of all groups unless something else is said', () => {
        expect(parseOptions([])).toEqual({
            isQuick: false,
            hasCases: false,
            hasTimeline: false,
            isJson: false,
            isHelp: false,
            words: [],
        });
    });

    test('take a quick run and words', () => {
        expect(parseOptions(['--quick', 'cold', 'dom0'])).toMatchObject({
            isQuick: true,
            words: ['cold', 'dom0'],
        });
    });

    test('refuse what they do not know', () => {
        expect(() => parseOptions(['--quik'])).toThrow(UsageError);
    });
});

describe('the choice of groups', () => {
    const all = ['one-rule', 'cold-1', 'cold-20'].map((name) => ({ name }));
    const chosen = (...words: string[]) =>
        choose(all, words).map(({ name }) => name);

    test('is all of them without words', () => {
        expect(chosen()).toEqual(['one-rule', 'cold-1', 'cold-20']);
    });

    test('is those that have one of the words in their names, in order', () => {
        expect(chosen('cold', 'rule')).toEqual([
            'one-rule',
            'cold-1',
            'cold-20',
        ]);
        expect(chosen('cold')).toEqual(['cold-1', 'cold-20']);
    });

    test('refuses a word that chooses nothing, and says what there is', () => {
        expect(() => chosen('cold', 'warm')).toThrow(
            'no group has "warm" in its name; there are one-rule, cold-1, cold-20',
        );
    });
});
