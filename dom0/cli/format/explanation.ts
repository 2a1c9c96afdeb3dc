/** What is the case, and then what to do about it. */
export interface Explanation {
    readonly what: string;
    readonly todo: readonly string[];
}
