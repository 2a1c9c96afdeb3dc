import type { HostExpression } from './host-expression.ts';
import { type HostSet, itemsOfSet } from './host-set.ts';
import { choice, type PatternNode, repeat, sequence } from './tree.ts';

/** A tree that means what the expression means. */
export function raiseToTree(expression: HostExpression): PatternNode {
    switch (expression.kind) {
        case 'set':
            return raiseSet(expression.members);
        case 'sequence':
            return sequence(0, expression.parts.map(raiseToTree));
        case 'choice': {
            const [first, ...others] = expression.branches.map(raiseToTree);
            return choice(0, [first ?? sequence(0, []), ...others]);
        }
        case 'repeat': {
            const { body, min, max } = expression;
            return repeat(0, raiseToTree(body), min, max);
        }
        case 'assertion':
            throw new Error('a tree is raised when no assertion is left');
    }
}

function raiseSet(members: HostSet): PatternNode {
    return members.length === 1
        ? { type: 'character', at: 0, character: members }
        : { type: 'set', at: 0, negated: false, items: itemsOfSet(members) };
}
