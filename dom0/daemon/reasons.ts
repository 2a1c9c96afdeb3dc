/** Reasons that are kept; of a flood the first ones tell enough. */
const mostReasons = 3;

/** Why something is done, in words for the journal: each once. */
export function addReasons(
    before: readonly string[],
    added: readonly string[],
): string[] {
    return [...new Set([...before, ...added])].slice(0, mostReasons);
}
