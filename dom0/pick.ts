// A list to choose from, for whoever types a command.

export interface Choice {
    readonly label: string;
    /** What else is to be known of it. */
    readonly hint: string;
}

/**
 * Which of them the user wants, by their places, in their order; null if he
 * left without an answer.
 */
export type Pick = (
    question: string,
    choices: readonly Choice[],
) => Promise<readonly number[] | null>;

/** Where nobody is there to choose. */
export const nobodyPicks: Pick = async () => null;
