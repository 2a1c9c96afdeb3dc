import type { HostExpression } from './host-expression.ts';
import { printPattern } from './print.ts';
import { raiseToTree } from './raise.ts';

const known = new WeakMap<HostExpression, string>();

/** How an expression without assertions is written. */
export function textOf(expression: HostExpression): string {
    const text = known.get(expression) ?? printPattern(raiseToTree(expression));
    known.set(expression, text);
    return text;
}
