// A second way to match, by sets of ends and without any automaton, for the
// expressions that the C library itself gets wrong: see repeats-anchor.ts.
import type { PatternNode } from '../../shared/pattern/index.ts';
import type { AnchorKind, SetItem } from '../../shared/pattern/tree.ts';

/** Whether the expression is found in a string of host characters. */
export function isFound(tree: PatternNode, host: string): boolean {
    const starts = Array.from({ length: host.length + 1 }, (_, at) => at);
    return endsFrom(tree, host.toUpperCase(), new Set(starts)).size > 0;
}

type Ends = ReadonlySet<number>;

/** Where matches end that start at one of `starts`. */
function endsFrom(node: PatternNode, host: string, starts: Ends): Ends {
    switch (node.type) {
        case 'group':
            return endsFrom(node.body, host, starts);
        case 'sequence':
            return node.parts.reduce(
                (ends, part) => endsFrom(part, host, ends),
                starts,
            );
        case 'choice':
            return new Set(
                node.branches.flatMap((one) => [
                    ...endsFrom(one, host, starts),
                ]),
            );
        case 'repeat':
            return endsOfRepeat(node, host, starts);
        case 'anchor':
            return select(starts, (at) => holds(node.kind, host, at));
        default:
            return new Set(
                [...select(starts, (at) => takes(node, host.charAt(at)))].map(
                    (at) => at + 1,
                ),
            );
    }
}

function select(starts: Ends, isWanted: (at: number) => boolean): Ends {
    return new Set([...starts].filter(isWanted));
}

function endsOfRepeat(
    { body, min, max }: Extract<PatternNode, { type: 'repeat' }>,
    host: string,
    starts: Ends,
): Ends {
    let ends = starts;
    for (let count = 0; count < min; count += 1) {
        ends = endsFrom(body, host, ends);
    }
    const all = new Set(ends);
    for (let count = min; max === null || count < max; count += 1) {
        ends = select(endsFrom(body, host, ends), (at) => !all.has(at));
        if (ends.size === 0) {
            break;
        }
        for (const at of ends) {
            all.add(at);
        }
    }
    return all;
}

function holds(kind: AnchorKind, host: string, at: number): boolean {
    const before = /^\w$/.test(host.charAt(at - 1));
    const after = /^\w$/.test(host.charAt(at));
    switch (kind) {
        case 'line-start':
        case 'text-start':
            return at === 0;
        case 'line-end':
        case 'text-end':
            return at === host.length;
        case 'word-start':
            return !before && after;
        case 'word-end':
            return before && !after;
        case 'word-edge':
            return before !== after;
        case 'no-word-edge':
            return before === after;
    }
}

function takes(node: PatternNode, character: string): boolean {
    switch (node.type) {
        case 'character':
            return node.character.toUpperCase() === character;
        case 'escaped-letter':
            return node.letter === character;
        case 'any':
            return character !== '';
        case 'shorthand':
            return character !== '' && isShorthand(node.name, character);
        case 'set':
            return (
                character !== '' &&
                node.items.some((item) => lists(item, character)) !==
                    node.negated
            );
        default:
            throw new Error(`${node.type} takes no character`);
    }
}

function isShorthand(name: string, character: string): boolean {
    const isWord = /^\w$/.test(character);
    return { w: isWord, W: !isWord, s: false, S: true }[name] ?? false;
}

/** Without regard to case; what stands for upper case stands for lower. */
function lists(item: SetItem, character: string): boolean {
    switch (item.type) {
        case 'character':
            return item.character.toUpperCase() === character;
        case 'range': {
            const { from, to } = item;
            return (
                from.toUpperCase() <= character && character <= to.toUpperCase()
            );
        }
        case 'class':
            return classes[item.name]?.test(character) ?? false;
    }
}

const classes: Readonly<Record<string, RegExp>> = {
    alnum: /[A-Z0-9]/,
    alpha: /[A-Z]/,
    digit: /[0-9]/,
    graph: /./,
    lower: /[A-Z]/,
    print: /./,
    punct: /[-._:]/,
    upper: /[A-Z]/,
    xdigit: /[A-F0-9]/,
};
