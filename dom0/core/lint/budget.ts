// What lint may spend on rules that name no single domain: each of them takes
// milliseconds, and a file may have 100,000 rules.

/** Of these so many are looked at closely, in all files together. */
const mostLooks = 2_000;

/** So often one is tried with a host of another rule. */
const mostTrials = 100_000;

export class Budget {
    #looks = mostLooks;
    #trials = mostTrials;
    /** Rules for which there was not enough. */
    readonly skipped = new Set<object>();

    /** Whether a rule can be looked at. */
    takeLook(rule: object): boolean {
        this.#looks -= 1;
        return this.#looks >= 0 || this.#skip(rule);
    }

    /** Whether a rule can be compared with one more. */
    takeTrial(rule: object): boolean {
        this.#trials -= 1;
        return this.#trials >= 0 || this.#skip(rule);
    }

    #skip(rule: object): false {
        this.skipped.add(rule);
        return false;
    }
}
