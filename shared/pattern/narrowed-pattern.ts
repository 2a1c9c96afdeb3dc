/** What a rule file gets for what a user typed. */
export interface NarrowedPattern {
    /** The expression for the rule file. */
    readonly stored: string;
    /** One plain sentence: which hosts it matches. */
    readonly meaning: string;
    /** One plain sentence: why it is not what was typed; null when it is. */
    readonly why: string | null;
}
