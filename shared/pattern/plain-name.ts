// What a block list lets through at most. A list of hosts that are refused is
// walked around by any other spelling of one of them, so whatever is not a
// plain host name is refused before the list is asked.

import type { ConfinedLine } from './confined-line.ts';
import { maxHostLength, maxLabelLength } from './host-limits.ts';

/**
 * Lines for tinyproxy's filter file, of which at least one is found in every
 * string that is not a plain host name, and none in one that is. They are
 * ASCII without blanks and `#`, at which tinyproxy would end them.
 */
export const oddNameLines: readonly string[] = [
    // Bytes of no host name. With tinyproxy's flags a negated list does not
    // match a line end; the class does.
    '[^a-z0-9._-]|[[:cntrl:]]',
    // The empty name, and names without a dot: the resolver's search list and
    // its own files say what they are.
    "\\`[a-z0-9_-]*\\'",
    // Empty labels, also the one behind a dot at the end.
    "\\`\\.|\\.\\.|\\.\\'",
    // Addresses: their last label starts with a digit in every spelling, and
    // that of a name with a letter (RFC 3696, section 2).
    "\\.[0-9_-][a-z0-9_-]*\\'",
    // Longer than the DNS has them (RFC 1035, section 2.3.4).
    '(\\`|\\.)[a-z0-9_-]{64}',
    '\\`[a-z0-9._-]{254}',
];

/** A line of an allow list that every plain host name matches, and no address. */
export const plainNameLine =
    "\\`([a-z0-9_-]+\\.)+[a-z][a-z0-9_-]*\\'" as ConfinedLine;

/** Why a string is not a plain host name. */
export type Oddity =
    | 'character'
    | 'no-dot'
    | 'empty-label'
    | 'address'
    | 'too-long';

/** Null for a plain host name: all that `oddNameLines` leave. */
export function findOddity(host: string): Oddity | null {
    const labels = host.split('.');
    if (/[^a-z0-9._-]/i.test(host)) {
        return 'character';
    }
    if (labels.length === 1) {
        return 'no-dot';
    }
    if (labels.includes('')) {
        return 'empty-label';
    }
    if (!/^[a-z]/i.test(labels.at(-1) ?? '')) {
        return 'address';
    }
    return host.length > maxHostLength ||
        labels.some((label) => label.length > maxLabelLength)
        ? 'too-long'
        : null;
}
