import { parsePattern, patternAutomaton } from '../../shared/pattern/index.ts';
import type { Random } from './random.ts';

/** Makes host names that the expression matches, where it can. */
export function hostWalker(pattern: string): (random: Random) => string | null {
    const tree = parsePattern(pattern);
    const automaton = tree.ok ? patternAutomaton(tree.value) : tree;
    if (!automaton.ok) {
        return () => null;
    }
    const { sets, first, following, last } = automaton.value;
    return (random) => {
        let host = '';
        let choices = first;
        while (choices.length > 0 && host.length < 60) {
            const position = random.oneOf(choices);
            host += random.oneOf(sets[position] ?? '');
            if (last.has(position) && random.below(3) === 0) {
                return host;
            }
            choices = following[position] ?? [];
        }
        return host.includes(':') ? null : host;
    };
}
