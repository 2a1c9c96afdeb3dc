// Choices and loops written shorter: what branches share stands once.
import { choiceOf, repeatOf, sequenceOf } from './build-expression.ts';
import { textOf } from './expression-text.ts';
import type { HostExpression } from './host-expression.ts';

/** Either of them, with a common start or end written once. */
export function eitherOf(
    one: HostExpression | undefined,
    next: HostExpression,
): HostExpression {
    if (one === undefined) {
        return next;
    }
    const branches = one.kind === 'choice' ? [...one.branches] : [one];
    for (const [index, branch] of branches.entries()) {
        const factored = factor(branch, next);
        if (factored !== null) {
            branches[index] = factored;
            return choiceOf(branches);
        }
    }
    return choiceOf([...branches, next]);
}

function factor(
    one: HostExpression,
    next: HostExpression,
): HostExpression | null {
    const [a, b] = [partsOf(one), partsOf(next)];
    const shorter = Math.min(a.length, b.length);
    let start = 0;
    while (start < shorter && isSame(a[start], b[start])) {
        start += 1;
    }
    let end = 0;
    while (end < shorter - start && isSame(a.at(-1 - end), b.at(-1 - end))) {
        end += 1;
    }
    if (start + end === 0) {
        return null;
    }
    const inner = [a, b].map((parts) =>
        sequenceOf(parts.slice(start, parts.length - end)),
    );
    return sequenceOf([
        ...a.slice(0, start),
        choiceOf(inner),
        ...a.slice(a.length - end),
    ]);
}

function partsOf(expression: HostExpression): readonly HostExpression[] {
    return expression.kind === 'sequence' ? expression.parts : [expression];
}

function isSame(
    one: HostExpression | undefined,
    other: HostExpression | undefined,
): boolean {
    return (
        one !== undefined &&
        other !== undefined &&
        (one === other || textOf(one) === textOf(other))
    );
}

/** `before`, any number of times `loop`, `after`. */
export function joinLoop(
    before: HostExpression,
    loop: HostExpression | undefined,
    after: HostExpression,
): HostExpression {
    if (loop === undefined) {
        return sequenceOf([before, after]);
    }
    const [a, l, b] = [before, loop, after].map(partsOf) as [
        readonly HostExpression[],
        readonly HostExpression[],
        readonly HostExpression[],
    ];
    const some = repeatOf(loop, 1, null);
    if (l.every((part, at) => isSame(part, a[a.length - l.length + at]))) {
        return sequenceOf([...a.slice(0, -l.length), some, after]);
    }
    if (l.every((part, at) => isSame(part, b[at]))) {
        return sequenceOf([before, some, ...b.slice(l.length)]);
    }
    return sequenceOf([before, repeatOf(loop, 0, null), after]);
}
