import {
    type ConfinedLine,
    confine,
    parsePattern,
} from '../../shared/pattern/index.ts';

/** The confined form of an expression that has one. */
export function confinedLine(pattern: string): ConfinedLine {
    const tree = parsePattern(pattern);
    const line = tree.ok ? confine(tree.value) : tree;
    if (!line.ok) {
        throw new Error(`${pattern}: ${line.error.message}`);
    }
    return line.value;
}
