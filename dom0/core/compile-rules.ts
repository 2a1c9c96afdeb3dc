// From the rules of a qube to the lines that its proxy gets.
import { type ConfinedLine, compileLines } from '../../shared/pattern/index.ts';
import { allRules, type EffectiveRules } from './effective-rules.ts';
import type { Rule } from './rule-line.ts';

/**
 * By the rules of a file: a long one takes a second, is in force for several
 * qubes, and is looked at often.
 */
const known = new WeakMap<readonly Rule[], readonly ConfinedLine[]>();

/** Each file for itself, so that a change leaves the lines of others alone. */
export function compileRules({ files }: EffectiveRules): ConfinedLine[] {
    return [...new Set(files.flatMap(({ rules }) => compileFile(rules)))];
}

/** Equal rules count once. */
export function countDistinct(rules: EffectiveRules): number {
    return new Set(allRules(rules).map(({ confined }) => confined)).size;
}

function compileFile(rules: readonly Rule[]): readonly ConfinedLine[] {
    const before = known.get(rules);
    if (before !== undefined) {
        return before;
    }
    const lines = compileLines(rules.map(({ confined }) => confined));
    known.set(rules, lines);
    return lines;
}
