export interface Summary {
    readonly median: number;
    /** Half of all lie between the quartiles. */
    readonly lowerQuartile: number;
    readonly upperQuartile: number;
    readonly min: number;
    readonly max: number;
    readonly runs: number;
}

export function summarise(numbers: readonly number[]): Summary {
    const sorted = numbers.toSorted((one, other) => one - other);
    return {
        median: quantile(sorted, 0.5),
        lowerQuartile: quantile(sorted, 0.25),
        upperQuartile: quantile(sorted, 0.75),
        min: quantile(sorted, 0),
        max: quantile(sorted, 1),
        runs: sorted.length,
    };
}

/**
 * How many times as much the numbers are, taken round by round: what slows
 * the machine for a while slows both sides of each quotient.
 */
export function medianRatio(
    numbers: readonly number[],
    others: readonly number[],
): number {
    const ratios = numbers.map((each, round) => each / (others[round] ?? NaN));
    return summarise(ratios).median;
}

/** By how much the numbers are greater, taken round by round in the same way. */
export function medianDifference(
    numbers: readonly number[],
    others: readonly number[],
): number {
    const differences = numbers.map(
        (each, round) => each - (others[round] ?? Number.NaN),
    );
    return summarise(differences).median;
}

/** Between two of the sorted numbers it is interpolated. */
function quantile(sorted: readonly number[], fraction: number): number {
    const position = (sorted.length - 1) * fraction;
    const below = sorted[Math.floor(position)] ?? Number.NaN;
    const above = sorted[Math.ceil(position)] ?? Number.NaN;
    return below + (above - below) * (position - Math.floor(position));
}
