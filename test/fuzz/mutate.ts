// Inputs that are nearly right. Bytes stand as characters of a string, as in
// Latin-1: cutting and joining is fast then, and any byte can be made.
import type { Random } from '../pattern/random.ts';
import { numbers, oddities } from './odd-values.ts';

/** What the mutations draw from. */
export interface Material {
    /** Inputs that are right, or nearly. */
    readonly corpus: readonly string[];
    /** Words of the grammar, and what lies next to them. */
    readonly tokens: readonly string[];
}

type Operator = (random: Random, text: string, material: Material) => string;

function replace(
    text: string,
    from: number,
    to: number,
    instead: string,
): string {
    return text.slice(0, from) + instead + text.slice(to);
}

/** A short piece of the text: from and to. */
function piece(random: Random, text: string): [number, number] {
    const from = random.below(text.length + 1);
    const length = 1 + random.below(random.below(4) === 0 ? 40 : 3);
    return [from, Math.min(text.length, from + length)];
}

const flipBit: Operator = (random, text) => {
    const at = random.below(text.length + 1);
    const code = text.charCodeAt(at) || 0;
    const flipped = String.fromCharCode(code ^ (1 << random.below(8)));
    return replace(text, at, at + 1, flipped);
};

const insertOddity: Operator = (random, text) => {
    const at = random.below(text.length + 1);
    return replace(text, at, at, random.oneOf(oddities));
};

const replaceByOddity: Operator = (random, text) => {
    const at = random.below(text.length + 1);
    return replace(text, at, at + 1, random.oneOf(oddities));
};

const cut: Operator = (random, text) =>
    replace(text, ...piece(random, text), '');

const repeat: Operator = (random, text) => {
    const [from, to] = piece(random, text);
    const most = random.below(50) === 0 ? 3000 : 4;
    const times = 1 + random.below(most);
    return replace(text, to, to, text.slice(from, to).repeat(times));
};

const move: Operator = (random, text) => {
    const [from, to] = piece(random, text);
    const rest = replace(text, from, to, '');
    const at = random.below(rest.length + 1);
    return replace(rest, at, at, text.slice(from, to));
};

const truncate: Operator = (random, text) =>
    text.slice(0, random.below(text.length + 1));

const splice: Operator = (random, text, { corpus }) => {
    const other = random.oneOf(corpus);
    return (
        text.slice(0, random.below(text.length + 1)) +
        other.slice(random.below(other.length + 1))
    );
};

const insertToken: Operator = (random, text, { tokens }) => {
    const at = random.below(text.length + 1);
    return replace(text, at, at, random.oneOf(tokens));
};

/** A word or a number gives way to another. */
const replaceWord: Operator = (random, text, { tokens }) => {
    const word = /[A-Za-z0-9_.-]+/g;
    word.lastIndex = random.below(text.length + 1);
    const found = word.exec(text);
    const [from, to] = found
        ? [found.index, word.lastIndex]
        : [text.length, text.length];
    const instead = random.below(3) === 0 ? numbers : tokens;
    return replace(text, from, to, random.oneOf(instead));
};

/** A whole line goes elsewhere, or comes twice, or comes from elsewhere. */
const shuffleLines: Operator = (random, text, { corpus }) => {
    const lines = text.split('\n');
    const from = random.below(lines.length);
    const others =
        random.below(2) === 0 ? lines : random.oneOf(corpus).split('\n');
    const taken = random.below(2) === 0 ? 0 : 1;
    const line = random.oneOf(others);
    return [...lines.slice(0, from), line, ...lines.slice(from + taken)].join(
        '\n',
    );
};

const operators: readonly Operator[] = [
    flipBit,
    insertOddity,
    replaceByOddity,
    cut,
    repeat,
    move,
    truncate,
    splice,
    insertToken,
    replaceWord,
    replaceWord,
    shuffleLines,
];

/** The text after one to four changes. */
export function mutate(
    random: Random,
    text: string,
    material: Material,
): string {
    const changes = random.below(3) === 0 ? 2 + random.below(3) : 1;
    let mutated = text;
    for (let change = 0; change < changes; change += 1) {
        mutated = random.oneOf(operators)(random, mutated, material);
    }
    return mutated;
}
