// The parts of a POSIX extended expression. Every node knows the 0-based
// offset `at` of the character that names it in the text; for a repetition
// that is the operator. A tree that the functions below build can be printed
// without adding a parenthesis: they put groups where the grammar needs them.

export type AnchorKind =
    | 'line-start'
    | 'line-end'
    | 'text-start'
    | 'text-end'
    | 'word-start'
    | 'word-end'
    | 'word-edge'
    | 'no-word-edge';

export type ShorthandName = 'w' | 'W' | 's' | 'S';

/** One item between `[` and `]`; `[.a.]` and `[=a=]` are characters here. */
export type SetItem =
    | { readonly type: 'character'; readonly character: string }
    | { readonly type: 'range'; readonly from: string; readonly to: string }
    | { readonly type: 'class'; readonly name: string };

export type Atom =
    | { readonly type: 'character'; readonly character: string }
    /** A backslash before a letter that has no meaning, such as `\d`. */
    | { readonly type: 'escaped-letter'; readonly letter: string }
    | { readonly type: 'any' }
    | {
          readonly type: 'set';
          readonly negated: boolean;
          readonly items: readonly SetItem[];
      }
    | { readonly type: 'shorthand'; readonly name: ShorthandName }
    | { readonly type: 'back-reference'; readonly group: number }
    | { readonly type: 'group'; readonly body: PatternNode };

export type Repeat = {
    readonly type: 'repeat';
    readonly body: PatternNode;
    readonly min: number;
    /** Null: without limit. */
    readonly max: number | null;
};

export type PatternNode = { readonly at: number } & (
    | Atom
    | Repeat
    | { readonly type: 'anchor'; readonly kind: AnchorKind }
    /** One after the other: none or at least two, never nested. */
    | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
    /** Any of them: at least two, never directly nested. */
    | { readonly type: 'choice'; readonly branches: readonly PatternNode[] }
);

export function group(at: number, body: PatternNode): PatternNode {
    return { type: 'group', at, body };
}

export function sequence(
    at: number,
    parts: readonly PatternNode[],
): PatternNode {
    const flat = parts.flatMap((part) => {
        if (part.type === 'sequence') {
            return part.parts;
        }
        return part.type === 'choice' && parts.length > 1
            ? [group(part.at, part)]
            : [part];
    });
    const [only] = flat;
    return only !== undefined && flat.length === 1
        ? only
        : { type: 'sequence', at, parts: flat };
}

export function choice(
    at: number,
    branches: readonly [PatternNode, ...PatternNode[]],
): PatternNode {
    if (branches.length === 1) {
        return branches[0];
    }
    const flat = branches.flatMap((branch) =>
        branch.type === 'choice' ? branch.branches : [branch],
    );
    return { type: 'choice', at, branches: flat };
}

export function repeat(
    at: number,
    body: PatternNode,
    min: number,
    max: number | null,
): PatternNode {
    const compound = ['sequence', 'choice', 'anchor'].includes(body.type);
    const unit = compound ? group(body.at, body) : body;
    return { type: 'repeat', at, body: unit, min, max };
}
