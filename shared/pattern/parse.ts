// The grammar of POSIX extended expressions as glibc's regcomp takes it with
// tinyproxy's flags (REG_EXTENDED | REG_ICASE | REG_NEWLINE), in the C locale
// (glibc posix/regcomp.c, read at 2.36): contexts, GNU operators and all.
import type { Result } from '../result.ts';
import { Cursor } from './cursor.ts';
import { checkExpandedSize } from './expanded-size.ts';
import { capture, fault, type PatternError } from './fault.ts';
import { parseBracket } from './parse-bracket.ts';
import { parseEscape } from './parse-escape.ts';
import { parseInterval } from './parse-interval.ts';
import { choice, group, type PatternNode, repeat, sequence } from './tree.ts';

/** What tinyproxy reads of a line of its filter file (src/filter.c, 512). */
const maxLineBytes = 511;

/** For what is added if CONNECT alone passes: proxyvm/render/filter.ts. */
const roomForPort = 10;

/** What fits in such a line in any case. */
export const maxPatternBytes = maxLineBytes - roomForPort;

/** Groups in groups: 64 repeated ones take glibc 70 MB. */
export const maxNesting = 32;

/** What the parser has to remember about groups, for back-references. */
interface Groups {
    opened: number;
    /** Those that are complete where the parser is, by number. */
    closed: ReadonlySet<number>;
}

/**
 * Takes what regcomp takes, within these bounds: at most 501 characters, all
 * printable ASCII without blanks, at most 32 groups in groups, and at most
 * 1000 single characters with all intervals written out. Constructs that
 * cannot be confined are in the tree like any other: `confine` refuses them.
 */
export function parsePattern(
    untrusted_text: string,
): Result<PatternNode, PatternError> {
    return capture(() => {
        checkCharacters(untrusted_text);
        const cursor = new Cursor(untrusted_text);
        const groups: Groups = { opened: 0, closed: new Set() };
        const tree = parseChoice(cursor, groups, 0);
        checkExpandedSize(tree);
        return tree;
    });
}

function checkCharacters(untrusted_text: string): void {
    if (untrusted_text.length > maxPatternBytes) {
        fault(
            maxPatternBytes,
            `longer than ${maxPatternBytes} characters; write several rules`,
        );
    }
    const odd = untrusted_text.search(/[^\x21-\x7e]/);
    if (odd >= 0) {
        fault(
            odd,
            'a blank, control or non-ASCII character; no host name has one ' +
                '(an international name is written in punycode: xn--...)',
        );
    }
}

function parseChoice(
    cursor: Cursor,
    groups: Groups,
    depth: number,
): PatternNode {
    const at = cursor.at;
    const closedBefore = groups.closed;
    const first = parseSequence(cursor, groups, depth);
    const others: PatternNode[] = [];
    let closed = groups.closed;
    while (cursor.takeIf('|')) {
        // A branch cannot refer to a group of the branches beside it.
        groups.closed = closedBefore;
        others.push(parseSequence(cursor, groups, depth));
        closed = new Set([...closed, ...groups.closed]);
    }
    groups.closed = closed;
    return choice(at, [first, ...others]);
}

function parseSequence(
    cursor: Cursor,
    groups: Groups,
    depth: number,
): PatternNode {
    const at = cursor.at;
    const parts: PatternNode[] = [];
    while (!endsSequence(cursor.peek(), depth)) {
        parts.push(parsePiece(cursor, groups, depth));
    }
    return sequence(at, parts);
}

function endsSequence(next: string, depth: number): boolean {
    // Outside of all groups `)` is a character like any other.
    return next === '' || next === '|' || (next === ')' && depth > 0);
}

function parsePiece(
    cursor: Cursor,
    groups: Groups,
    depth: number,
): PatternNode {
    let piece = parseUnit(cursor, groups, depth);
    if (piece.type === 'anchor') {
        return piece;
    }
    for (;;) {
        const at = cursor.at;
        const bounds = takeBounds(cursor);
        if (bounds === null) {
            return piece;
        }
        piece = repeat(at, piece, bounds.min, bounds.max);
    }
}

function takeBounds(
    cursor: Cursor,
): { min: number; max: number | null } | null {
    const at = cursor.at;
    if (cursor.takeIf('*')) {
        return { min: 0, max: null };
    }
    if (cursor.takeIf('+')) {
        return { min: 1, max: null };
    }
    if (cursor.takeIf('?')) {
        return { min: 0, max: 1 };
    }
    return cursor.takeIf('{') ? parseInterval(cursor, at) : null;
}

function parseUnit(cursor: Cursor, groups: Groups, depth: number): PatternNode {
    const at = cursor.at;
    const character = cursor.take();
    switch (character) {
        case '*':
        case '+':
        case '?':
        case '{':
            return fault(
                at,
                `there is nothing before "${character}" that it could ` +
                    `repeat; for the character itself write "\\${character}"`,
            );
        case '(':
            return parseGroup(cursor, groups, depth);
        case '[':
            return parseBracket(cursor, at);
        case '\\':
            return parseEscape(cursor, at, groups.closed);
        case '.':
            return { type: 'any', at };
        case '^':
            return { type: 'anchor', at, kind: 'line-start' };
        case '$':
            return { type: 'anchor', at, kind: 'line-end' };
        default:
            return { type: 'character', at, character };
    }
}

function parseGroup(
    cursor: Cursor,
    groups: Groups,
    depth: number,
): PatternNode {
    const at = cursor.at - 1;
    if (depth === maxNesting) {
        fault(at, `more than ${maxNesting} groups in groups`);
    }
    groups.opened += 1;
    const number = groups.opened;
    const body = parseChoice(cursor, groups, depth + 1);
    if (!cursor.takeIf(')')) {
        fault(at, 'this "(" has no ")"; for the character write "\\("');
    }
    groups.closed = new Set([...groups.closed, number]);
    return group(at, body);
}
