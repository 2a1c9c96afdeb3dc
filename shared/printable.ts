/**
 * What another qube sent, made harmless for a terminal or a log: printable
 * ASCII, other bytes as `_`, on one line, at most `maxLength` characters,
 * with `...` as the last when there were more
 * (the idea of qubes-core-admin qubes/utils.py, sanitize_stderr_for_log).
 */
export function toPrintable(untrusted_text: string, maxLength = 400): string {
    const isTooLong = untrusted_text.length > maxLength;
    const printable = untrusted_text
        .slice(0, isTooLong ? maxLength - dots.length : maxLength)
        .trim()
        .replace(/[^\x20-\x7e]/g, '_');
    return isTooLong ? printable + dots : printable;
}

/**
 * The same with single blanks: many of them would put what follows on a line
 * of its own in a terminal, as if it were ours.
 */
export function toWords(untrusted_text: string, maxLength = 400): string {
    return toPrintable(untrusted_text.replaceAll(/ {2,}/g, ' '), maxLength);
}

/** Words of another qube in a sentence of ours, which they cannot end. */
export function quoted(untrusted_text: string, maxLength = 400): string {
    return `"${toWords(untrusted_text, maxLength).replaceAll('"', "'")}"`;
}

const dots = '...';
