// Many words as one short expression.
import { itemsOfSet } from './host-set.ts';
import { escapeDots } from './host-text.ts';
import { printPattern } from './print.ts';

export interface WordsExpression {
    readonly text: string;
    /** Branches: needs a group around it before anything stands beside it. */
    readonly isChoice: boolean;
    /** Groups in groups. */
    readonly depth: number;
}

/**
 * An expression that matches exactly these words of host characters: at least
 * one, distinct and sorted. What they have in common at the start and at the
 * end is written once, and so are equal ends of branches.
 */
export function expressionOfWords(words: readonly string[]): WordsExpression {
    return expressionOf({ words, from: 0, to: words.length, start: 0, end: 0 });
}

/** Some words one behind the other, and what of each is written already. */
interface Middles {
    readonly words: readonly string[];
    readonly from: number;
    readonly to: number;
    /** Characters at the start of each, and at its end. */
    readonly start: number;
    readonly end: number;
}

function expressionOf(outer: Middles): WordsExpression {
    const { words, from, to } = outer;
    const first = words[from] ?? '';
    if (to - from === 1) {
        return literal(first.slice(outer.start, first.length - outer.end));
    }
    const start = commonStart(outer);
    const end = commonEnd({ ...outer, start });
    const middle = choiceOf({ words, from, to, start, end });
    if (start === outer.start && end === outer.end) {
        return middle;
    }
    const { text, depth } = grouped(middle);
    const before = escapeDots(first.slice(outer.start, start));
    const after = escapeDots(
        first.slice(first.length - end, first.length - outer.end),
    );
    return { text: before + text + after, isChoice: false, depth };
}

function literal(word: string): WordsExpression {
    return { text: escapeDots(word), isChoice: false, depth: 0 };
}

/** As it can stand beside something else. */
export function grouped(expression: WordsExpression): WordsExpression {
    const { text, isChoice, depth } = expression;
    return isChoice
        ? { text: `(${text})`, isChoice: false, depth: depth + 1 }
        : expression;
}

/** Several expressions, any of which may match. */
export function choiceOfTexts(
    branches: readonly WordsExpression[],
): WordsExpression {
    return {
        text: branches.map(({ text }) => text).join('|'),
        isChoice: branches.length > 1 || branches[0]?.isChoice === true,
        depth: Math.max(...branches.map(({ depth }) => depth)),
    };
}

/** They are sorted, so what the first and the last share all do. */
function commonStart({ words, from, to, start, end }: Middles): number {
    const first = words[from] ?? '';
    const last = words[to - 1] ?? '';
    let most = first.length;
    for (let nth = from; nth < to; nth += 1) {
        most = Math.min(most, (words[nth] ?? '').length);
    }
    let at = start;
    while (at < most - end && first.charCodeAt(at) === last.charCodeAt(at)) {
        at += 1;
    }
    return at;
}

function commonEnd({ words, from, to, start, end }: Middles): number {
    const first = words[from] ?? '';
    let most = first.length - start;
    for (let nth = from + 1; nth < to && most > end; nth += 1) {
        const word = words[nth] ?? '';
        most = Math.min(most, word.length - start);
        let at = end;
        while (
            at < most &&
            word.charCodeAt(word.length - 1 - at) ===
                first.charCodeAt(first.length - 1 - at)
        ) {
            at += 1;
        }
        most = at;
    }
    return most;
}

function choiceOf(middles: Middles): WordsExpression {
    const { words, from, to, start, end } = middles;
    const isEmpty = (word: string) => word.length === start + end;
    const some = words.slice(from, to);
    if (!some.some(isEmpty)) {
        return branchesOf(middles);
    }
    const filled = some.filter((word) => !isEmpty(word));
    const inner = { ...middles, words: filled, from: 0, to: filled.length };
    return optional(
        branchesOf(inner),
        filled.every((word) => word.length === start + end + 1),
    );
}

/** One branch for each first character, or set of them with equal rests. */
function branchesOf(middles: Middles): WordsExpression {
    const { words, to, start } = middles;
    const branches = new Map<string, { starts: string; depth: number }>();
    let from = middles.from;
    while (from < to) {
        const first = words[from]?.charAt(start) ?? '';
        let next = from + 1;
        while (next < to && words[next]?.charAt(start) === first) {
            next += 1;
        }
        const { text, depth } = grouped(
            expressionOf({ ...middles, from, to: next, start: start + 1 }),
        );
        const known = branches.get(text);
        if (known === undefined) {
            branches.set(text, { starts: first, depth });
        } else {
            known.starts += first;
        }
        from = next;
    }
    return choiceOfTexts(
        [...branches].map(([text, { starts, depth }]) => ({
            text: printOneOf(starts) + text,
            isChoice: false,
            depth,
        })),
    );
}

function optional(
    choice: WordsExpression,
    hasSingleCharacters: boolean,
): WordsExpression {
    const { text, depth } =
        hasSingleCharacters && !choice.isChoice
            ? choice
            : grouped({ ...choice, isChoice: true });
    return { text: `${text}?`, isChoice: false, depth };
}

function printOneOf(characters: string): string {
    return characters.length === 1
        ? escapeDots(characters)
        : printPattern({
              type: 'set',
              at: 0,
              negated: false,
              items: itemsOfSet([...characters].sort().join('')),
          });
}
