// Expressions of the old guide's filter files, as POSIX extended ones. Its
// template decides in which language they are (tinyproxy.conf(5),
// FilterExtended and FilterType).
import { err, ok, type Result } from '../../../shared/result.ts';

export const filterTypes = ['bre', 'ere', 'fnmatch'] as const;
export type FilterType = (typeof filterTypes)[number];

/** The same expression as a POSIX extended one, or why it is none. */
export function toExtended(
    untrusted_expression: string,
    type: FilterType,
): Result<string, string> {
    switch (type) {
        case 'ere':
            return ok(untrusted_expression);
        case 'bre':
            return fromBasic(untrusted_expression);
        case 'fnmatch':
            return fromShellPattern(untrusted_expression);
    }
}

/** A bracket expression, an escaped character, or another one. */
const basicParts = /\[\^?\]?(?:\[[.:=][^\]]*[.:=]\]|[^\]])*\]|\\.|[^\\]|\\$/gs;

/**
 * Basic expressions escape what extended ones do not, and the other way round.
 * What only basic ones have (an asterisk at the beginning and anchors within
 * that are characters) is left to the user.
 */
function fromBasic(untrusted_expression: string): Result<string, string> {
    const inside = untrusted_expression.replace(/^\^/, '').replace(/\$$/, '');
    if (/^\*|\\\(\*|\\\|\*/.test(inside)) {
        return err('its first "*" is a character in a basic expression');
    }
    const parts = untrusted_expression.match(basicParts) ?? [];
    const isOdd = parts.some(
        (part, at) =>
            (part === '^' && at > 0) || (part === '$' && at < parts.length - 1),
    );
    return isOdd
        ? err(
              'its "^" or "$" in the middle is a character in a basic expression',
          )
        : ok(parts.map(extendedPart).join(''));
}

function extendedPart(part: string): string {
    if (/^[+?{}()|]$/.test(part)) {
        return `\\${part}`;
    }
    return /^\\[+?{}()|]$/.test(part) ? part.slice(1) : part;
}

/** The whole name, dots included (filter.c calls fnmatch without flags). */
function fromShellPattern(untrusted_pattern: string): Result<string, string> {
    if (!/^[A-Za-z0-9._*?-]+$/.test(untrusted_pattern)) {
        return err('only names with "*" and "?" are known of shell patterns');
    }
    const expression = untrusted_pattern
        .replaceAll('.', '\\.')
        .replaceAll('*', '.*')
        .replaceAll('?', '.');
    return ok(`^${expression}$`);
}
