import { describeStored } from './narrow-describe.ts';

/** What a rule file gets for what a user typed. */
export interface NarrowedPattern {
    /** The expression for the rule file. */
    readonly stored: string;
    /** One plain sentence: which hosts it matches. */
    readonly meaning: string;
    /** One plain sentence: why it is not what was typed; null when it is. */
    readonly why: string | null;
}

/** An expression for the rule file, and why it is not what was typed. */
export function narrowedTo(
    stored: string,
    why: string | null,
): NarrowedPattern {
    return { stored, meaning: describeStored(stored), why };
}
