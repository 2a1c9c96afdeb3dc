/**
 * What another qube sent, made harmless for a terminal or a log: printable
 * ASCII, other bytes as `_`, on one line, at most `maxLength` characters
 * (the idea of qubes-core-admin qubes/utils.py, sanitize_stderr_for_log).
 */
export function toPrintable(untrusted_text: string, maxLength = 400): string {
    const printable = untrusted_text
        .slice(0, maxLength)
        .trim()
        .replace(/[^\x20-\x7e]/g, '_');
    return untrusted_text.length > maxLength ? `${printable}…` : printable;
}
