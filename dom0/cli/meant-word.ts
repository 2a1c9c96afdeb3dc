// Which known word a mistyped one was meant to be.

/** Changed letters up to which a word is taken for a mistyped one. */
const mostTypos = 2;

/** To follow what says that there is no such word; empty if none is near. */
export function hintAt(
    untrusted_word: string,
    known: Iterable<string>,
): string {
    const near = [...known]
        .map((word) => ({ word, typos: distance(word, untrusted_word) }))
        .filter(({ typos }) => isNear(typos, untrusted_word))
        .sort((one, other) => one.typos - other.typos);
    return near[0] === undefined ? '' : `; did you mean ${near[0].word}?`;
}

/** Of a word of two letters any other would be near. */
function isNear(typos: number, { length }: string): boolean {
    return typos <= mostTypos && 2 * typos <= length;
}

/** Letters to add, remove or change until one word is the other. */
function distance(one: string, other: string): number {
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (const letter of one) {
        const next = [(row[0] ?? 0) + 1];
        for (let at = 1; at <= other.length; at += 1) {
            const isSame = other[at - 1] === letter;
            next[at] = Math.min(
                (row[at] ?? 0) + 1,
                (next[at - 1] ?? 0) + 1,
                (row[at - 1] ?? 0) + (isSame ? 0 : 1),
            );
        }
        row = next;
    }
    return row[other.length] ?? 0;
}
