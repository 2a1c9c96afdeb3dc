/** A word of a line, and where it begins, counted from 0. */
export interface Word {
    readonly untrusted_text: string;
    readonly column: number;
}

/** Those between blanks. A remark may follow, as behind a rule. */
export function wordsOf(untrusted_line: string): Word[] {
    const words = [...untrusted_line.matchAll(/[^ \t]+/g)].map((match) => ({
        untrusted_text: match[0],
        column: match.index,
    }));
    const remark = words.findIndex((word) =>
        word.untrusted_text.startsWith('#'),
    );
    return remark === -1 ? words : words.slice(0, remark);
}
