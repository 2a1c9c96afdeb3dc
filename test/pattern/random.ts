/** A source of numbers that is the same in every run. */
export class Random {
    #state: number;

    constructor(seed: number) {
        this.#state = seed;
    }

    /** A whole number from 0 to `limit` - 1 (mulberry32). */
    below(limit: number): number {
        this.#state = (this.#state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(
            this.#state ^ (this.#state >>> 15),
            1 | this.#state,
        );
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
        return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
    }

    oneOf<T>(values: ArrayLike<T>): T {
        const value = values[this.below(values.length)];
        if (value === undefined) {
            throw new Error('there is nothing to choose from');
        }
        return value;
    }

    /** From `min` to `max` of what `make` makes. */
    several<T>(min: number, max: number, make: () => T): T[] {
        const length = min + this.below(max - min + 1);
        return Array.from({ length }, make);
    }
}
