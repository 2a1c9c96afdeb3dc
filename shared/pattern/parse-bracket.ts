// Bracket expressions. In the C locale every character is its own collating
// symbol and its own equivalence class. glibc upper-cases the expression when
// case does not matter, so that [Z-a] is the range Z to A: an error.
import type { Cursor } from './cursor.ts';
import { fault } from './fault.ts';
import type { PatternNode, SetItem } from './tree.ts';

export const classNames: ReadonlySet<string> = new Set([
    'alnum',
    'alpha',
    'blank',
    'cntrl',
    'digit',
    'graph',
    'lower',
    'print',
    'punct',
    'space',
    'upper',
    'xdigit',
]);

/** glibc's BRACKET_NAME_BUF_SIZE. */
const maxNameLength = 32;

/** An item that may turn out to be the first end of a range. */
interface Element {
    readonly at: number;
    readonly item: SetItem;
    readonly canBeInRange: boolean;
}

/** What follows a `[` at `at`, just taken. */
export function parseBracket(cursor: Cursor, at: number): PatternNode {
    const negated = cursor.takeIf('^');
    const items: SetItem[] = [];
    do {
        items.push(parseItem(cursor, at, items.length === 0));
    } while (!takeClosing(cursor, at));
    return { type: 'set', at, negated, items };
}

function takeClosing(cursor: Cursor, open: number): boolean {
    if (cursor.peek() === '') {
        notClosed(open);
    }
    return cursor.takeIf(']');
}

function notClosed(open: number): never {
    return fault(
        open,
        'this "[" has no "]"; for the character write "\\[" (and a "]" ' +
            'in the list comes first in it)',
    );
}

function parseItem(cursor: Cursor, open: number, isFirst: boolean): SetItem {
    const start = parseElement(cursor, open, isFirst);
    const isRange =
        start.canBeInRange &&
        cursor.peek() === '-' &&
        cursor.text.charAt(cursor.at + 1) !== ']';
    if (!isRange) {
        return start.item;
    }
    cursor.take();
    return range(start, parseElement(cursor, open, true));
}

function range(start: Element, end: Element): SetItem {
    if (
        !end.canBeInRange ||
        start.item.type !== 'character' ||
        end.item.type !== 'character'
    ) {
        return fault(end.at, 'a range cannot end with a class');
    }
    const { character: from } = start.item;
    const { character: to } = end.item;
    if (from.toUpperCase() > to.toUpperCase()) {
        fault(
            start.at,
            `the range ${from}-${to} ends before it starts (case does not ` +
                'matter, and letters count as upper case)',
        );
    }
    return { type: 'range', from, to };
}

function parseElement(
    cursor: Cursor,
    open: number,
    hyphenIsCharacter: boolean,
): Element {
    const at = cursor.at;
    for (const kind of ['.', '=', ':'] as const) {
        if (cursor.takeIf(`[${kind}`)) {
            return named(at, kind, takeName(cursor, at, kind));
        }
    }
    const character = cursor.take();
    if (character === '') {
        notClosed(open);
    }
    if (character === '-' && !hyphenIsCharacter && cursor.peek() !== ']') {
        fault(at, 'a "-" in a list comes first or last, or is written [.-.]');
    }
    return { at, item: { type: 'character', character }, canBeInRange: true };
}

function takeName(cursor: Cursor, at: number, kind: string): string {
    const end = cursor.text.indexOf(`${kind}]`, cursor.at);
    const length = end - cursor.at;
    if (end < 0 || length >= maxNameLength) {
        fault(at, `this "[${kind}" has no "${kind}]"`);
    }
    const name = cursor.text.slice(cursor.at, end);
    cursor.at = end + 2;
    return name;
}

function named(at: number, kind: '.' | '=' | ':', name: string): Element {
    if (kind === ':') {
        if (!classNames.has(name)) {
            fault(at, `no such class; there are ${[...classNames].join(' ')}`);
        }
        return { at, item: { type: 'class', name }, canBeInRange: false };
    }
    if (name.length !== 1) {
        fault(at, `between "[${kind}" and "${kind}]" stands one character`);
    }
    return {
        at,
        item: { type: 'character', character: name },
        canBeInRange: kind === '.',
    };
}
