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

const dots = '...';
