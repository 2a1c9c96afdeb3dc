import { choiceOf, repeatOf, sequenceOf } from './build-expression.ts';
import {
    type HostExpression,
    isEmptyString,
    matchesEmpty,
    nothing,
} from './host-expression.ts';

/** What an expression without assertions matches but for the empty string. */
export function withoutEmpty(expression: HostExpression): HostExpression {
    if (!matchesEmpty(expression)) {
        return expression;
    }
    switch (expression.kind) {
        case 'sequence':
            return withoutEmptyParts(expression.parts);
        case 'choice':
            return choiceOf(expression.branches.map(withoutEmpty));
        case 'repeat': {
            const { body, max } = expression;
            return repeatOf(withoutEmpty(body), 1, max);
        }
        default:
            return expression;
    }
}

/** `a*b*` becomes `a+b*|b+`. */
function withoutEmptyParts(parts: readonly HostExpression[]): HostExpression {
    const [first, ...others] = parts;
    if (first === undefined) {
        return nothing;
    }
    const rest = sequenceOf(others);
    const started = sequenceOf([withoutEmpty(first), rest]);
    return isEmptyString(rest)
        ? started
        : choiceOf([started, withoutEmpty(rest)]);
}
