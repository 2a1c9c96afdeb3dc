import { expressionOf } from './eliminate.ts';
import { type HostExpression, hasAssertions } from './host-expression.ts';
import { buildLeafAutomaton } from './leaf-automaton.ts';

/**
 * An expression that matches the same hosts and asks for no places. Null when
 * it would be written with more than `maxLength` characters.
 */
export function withoutAssertions(
    expression: HostExpression,
    maxLength: number,
): HostExpression | null {
    if (!hasAssertions(expression)) {
        return expression;
    }
    const automaton = buildLeafAutomaton(expression, 'part');
    return expressionOf(automaton, maxLength);
}
