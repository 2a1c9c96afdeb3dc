import { fault } from './fault.ts';
import type { PatternNode } from './tree.ts';

/**
 * Intervals are written out by whoever compiles an expression, and pairs of
 * them multiply: `(a{1,255}){1,255}` takes 157 MB in tinyproxy. A host name
 * has at most 253 characters, so this leaves all that makes sense.
 */
export const maxExpandedSize = 1000;

/** Refuses an expression that grows too much, at the interval it is due to. */
export function checkExpandedSize(tree: PatternNode): void {
    sizeOf(tree);
}

function sizeOf(node: PatternNode): number {
    switch (node.type) {
        case 'group':
            return sizeOf(node.body);
        case 'sequence':
            return sum(node.parts);
        case 'choice':
            return sum(node.branches);
        case 'repeat':
            return checked(
                node.at,
                sizeOf(node.body) * copies(node.min, node.max),
            );
        default:
            return 1;
    }
}

function copies(min: number, max: number | null): number {
    return Math.max(1, max ?? min + 1);
}

function sum(nodes: readonly PatternNode[]): number {
    const total = nodes.reduce((size, node) => size + sizeOf(node), 0);
    return Math.max(1, total);
}

function checked(at: number, size: number): number {
    if (size > maxExpandedSize) {
        fault(
            at,
            `written out, this repeats to ${size} characters, and the limit ` +
                `is ${maxExpandedSize}; write "*" or "+", or smaller numbers`,
        );
    }
    return size;
}
