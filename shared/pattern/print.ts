import { anchorTexts } from './parse-escape.ts';
import type { PatternNode, Repeat, SetItem } from './tree.ts';

/** The text of a tree: `parsePattern` makes the same tree of it again. */
export function printPattern(node: PatternNode): string {
    switch (node.type) {
        case 'character':
            return node.character.replace(/[\\.[()*+?{|^$]/, '\\$&');
        case 'escaped-letter':
            return `\\${node.letter}`;
        case 'any':
            return '.';
        case 'set':
            return printSet(node.negated, node.items);
        case 'shorthand':
            return `\\${node.name}`;
        case 'back-reference':
            return `\\${node.group}`;
        case 'group':
            return `(${printPattern(node.body)})`;
        case 'repeat':
            return printPattern(node.body) + printBounds(node);
        case 'anchor':
            return anchorTexts[node.kind];
        case 'sequence':
            return node.parts.map(printPattern).join('');
        case 'choice':
            return node.branches.map(printPattern).join('|');
    }
}

function printBounds({ min, max }: Repeat): string {
    if (max === null) {
        return ['*', '+'][min] ?? `{${min},}`;
    }
    if (min === 0 && max === 1) {
        return '?';
    }
    return min === max ? `{${min}}` : `{${min},${max}}`;
}

function printSet(negated: boolean, items: readonly SetItem[]): string {
    const last = items.at(-1);
    const texts = items.map((item) =>
        item === last && item.type === 'character' && item.character === '-'
            ? '-'
            : printItem(item),
    );
    return `[${negated ? '^' : ''}${texts.join('')}]`;
}

function printItem(item: SetItem): string {
    switch (item.type) {
        case 'character':
            return printListed(item.character);
        case 'range':
            return `${printListed(item.from)}-${printListed(item.to)}`;
        case 'class':
            return `[:${item.name}:]`;
    }
}

/** A character in a list, wherever it stands there. */
function printListed(character: string): string {
    return '[]^-'.includes(character) ? `[.${character}.]` : character;
}
