// Commands for the user to copy.

/** A command line with its words quoted where a shell needs it. */
export function shellLine(words: readonly string[]): string {
    return words.map(quoted).join(' ');
}

function quoted(word: string): string {
    return /^[\w@%+=:,./-]+$/.test(word)
        ? word
        : `'${word.replaceAll("'", "'\\''")}'`;
}
