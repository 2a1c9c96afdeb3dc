// From the rules of a qube to the lines that its proxy gets.
import { type ConfinedLine, compileLines } from '../../shared/pattern/index.ts';
import {
    allRules,
    type EffectiveRules,
    type RulesOfFile,
} from './effective-rules.ts';
import type { Rule } from './rule-line.ts';

/**
 * By the rules of a file: a long one takes a second, is in force for several
 * qubes, and is looked at often.
 */
const known = new WeakMap<readonly Rule[], readonly ConfinedLine[]>();

/**
 * Each file for itself, so that a change leaves the lines of others alone, and
 * rules that end by themselves behind the others, one by one.
 */
export function compileRules({ files }: EffectiveRules): ConfinedLine[] {
    const lines = files.flatMap((each) => [
        ...compileLasting(each.rules),
        ...passingLines(each),
    ]);
    return [...new Set(lines)];
}

function passingLines({ rules, over }: RulesOfFile): ConfinedLine[] {
    return rules
        .filter((rule) => isPassing(rule) && !over.has(rule))
        .map(({ confined }) => confined);
}

function isPassing({ expire, run }: Rule): boolean {
    return expire !== null || run !== null;
}

/** Equal rules count once. */
export function countDistinct(rules: EffectiveRules): number {
    return new Set(allRules(rules).map(({ confined }) => confined)).size;
}

function compileLasting(rules: readonly Rule[]): readonly ConfinedLine[] {
    const before = known.get(rules);
    if (before !== undefined) {
        return before;
    }
    const lasting = rules.filter((rule) => !isPassing(rule));
    const lines = compileLines(lasting.map(({ confined }) => confined));
    known.set(rules, lines);
    return lines;
}
