// What a row is to hold to, in words and as a question to its numbers.
import { medianDifference, medianRatio, summarise } from './statistics.ts';

/** Of each round one number; null where there is nothing to compare with. */
export interface Compared {
    readonly ours: readonly number[];
    readonly opponent: readonly number[] | null;
    readonly floor: readonly number[] | null;
    /** Those of a case by its name. */
    readonly numbersOf: (name: string) => readonly number[] | null;
}

export interface Aim {
    readonly text: string;
    /** Null: it cannot be told. */
    readonly holds: (compared: Compared) => boolean | null;
}

export function atMost(most: number, unit: string): Aim {
    return {
        text: most === 0 ? 'none' : `at most ${most} ${unit}`,
        holds: ({ ours }) => summarise(ours).median <= most,
    };
}

export function overFloor(most: number): Aim {
    return {
        text: `at most ${most} ms over the floor`,
        holds: ({ ours, floor }) =>
            floor && medianDifference(ours, floor) <= most,
    };
}

export function timesFloor(most: number): Aim {
    return {
        text: `at most ${most} times the floor`,
        holds: ({ ours, floor }) => floor && medianRatio(ours, floor) <= most,
    };
}

export function timesOpponent(most: number): Aim {
    return {
        text:
            most === 1
                ? 'less than the opponent'
                : `at most ${most} times the opponent`,
        holds: ({ ours, opponent }) =>
            opponent && medianRatio(ours, opponent) <= most,
    };
}

export function timesCase(most: number, name: string): Aim {
    return {
        text: `at most ${most} times "${name}"`,
        holds: ({ ours, numbersOf }) => {
            const numbers = numbersOf(name);
            return numbers && medianRatio(ours, numbers) <= most;
        },
    };
}
