// "Any text and a dot" as whole labels, for what stands before a domain.
import { choiceOf, repeatOf, sequenceOf, setOf } from './build-expression.ts';
import type { HostExpression } from './host-expression.ts';
import { hostCharacters } from './host-set.ts';

const dot = setOf('.');
const label = repeatOf(setOf(hostCharacters.replace('.', '')), 1, null);
const labels = repeatOf(sequenceOf([label, dot]), 1, null);

/**
 * The same expression where it starts with any text and a dot, but without
 * names in which a label of that text is empty, such as `.a.test` and
 * `a..a.test`: no resolver knows them, so a filter needs not let them pass.
 */
export function withWholeLabels(expression: HostExpression): HostExpression {
    switch (expression.kind) {
        case 'sequence':
            return sequenceWithWholeLabels(expression.parts);
        case 'choice':
            return choiceOf(expression.branches.map(withWholeLabels));
        case 'repeat':
            return expression.min === 0 && expression.max === 1
                ? repeatOf(withWholeLabels(expression.body), 0, 1)
                : expression;
        default:
            return expression;
    }
}

function sequenceWithWholeLabels(
    parts: readonly HostExpression[],
): HostExpression {
    const [first, second, ...others] = parts;
    if (first === undefined) {
        return sequenceOf(parts);
    }
    const isOpen = isAnyText(first) && second !== undefined && isDot(second);
    return isOpen
        ? sequenceOf([labels, ...others])
        : sequenceOf([withWholeLabels(first), ...parts.slice(1)]);
}

function isAnyText(expression: HostExpression): boolean {
    return (
        expression.kind === 'repeat' &&
        expression.min <= 1 &&
        expression.max === null &&
        expression.body.kind === 'set' &&
        expression.body.members === hostCharacters
    );
}

function isDot(expression: HostExpression): boolean {
    return expression.kind === 'set' && expression.members === '.';
}
