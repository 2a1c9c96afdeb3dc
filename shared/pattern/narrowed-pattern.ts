/** What a rule file gets for what a user typed. */
export interface NarrowedPattern {
    /** The expression for the rule file. */
    readonly stored: string;
    /** One plain sentence: which hosts it lets through. */
    readonly meaning: string;
    /** True when `stored` is not what was typed; then there is a `why`. */
    readonly changed: boolean;
    /** One plain sentence: why something else is stored. */
    readonly why?: string;
}
