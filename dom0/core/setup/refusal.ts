/** Why something is not done, and what the user can do about it. */
export interface Refusal {
    readonly what: string;
    /** Each a line. */
    readonly todo: readonly string[];
}

export function refusal(what: string, ...todo: readonly string[]): Refusal {
    return { what, todo };
}
