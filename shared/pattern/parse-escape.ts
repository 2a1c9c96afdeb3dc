import type { Cursor } from './cursor.ts';
import { fault } from './fault.ts';
import type { AnchorKind, PatternNode, ShorthandName } from './tree.ts';

/** How each anchor is written. */
export const anchorTexts: Readonly<Record<AnchorKind, string>> = {
    'line-start': '^',
    'line-end': '$',
    'text-start': '\\`',
    'text-end': "\\'",
    'word-start': '\\<',
    'word-end': '\\>',
    'word-edge': '\\b',
    'no-word-edge': '\\B',
};

const escapedAnchors: ReadonlyMap<string, AnchorKind> = new Map([
    ['`', 'text-start'],
    ["'", 'text-end'],
    ['<', 'word-start'],
    ['>', 'word-end'],
    ['b', 'word-edge'],
    ['B', 'no-word-edge'],
]);

const shorthands: ReadonlySet<string> = new Set(['w', 'W', 's', 'S']);

function isShorthand(character: string): character is ShorthandName {
    return shorthands.has(character);
}

/** What a backslash at `at`, just taken, and the next character are. */
export function parseEscape(
    cursor: Cursor,
    at: number,
    closedGroups: ReadonlySet<number>,
): PatternNode {
    const character = cursor.take();
    if (character === '') {
        return fault(at, 'a "\\" at the end; for the character write "\\\\"');
    }
    const kind = escapedAnchors.get(character);
    if (kind !== undefined) {
        return { type: 'anchor', at, kind };
    }
    if (isShorthand(character)) {
        return { type: 'shorthand', at, name: character };
    }
    if (/[1-9]/.test(character)) {
        return backReference(at, Number(character), closedGroups);
    }
    return /[a-zA-Z]/.test(character)
        ? { type: 'escaped-letter', at, letter: character }
        : { type: 'character', at, character };
}

function backReference(
    at: number,
    number: number,
    closedGroups: ReadonlySet<number>,
): PatternNode {
    if (!closedGroups.has(number)) {
        fault(
            at,
            `"\\${number}" refers to a group that does not end before it; ` +
                `for the digit write "${number}"`,
        );
    }
    return { type: 'back-reference', at, group: number };
}
