// What rules let through, as a ProxyVM is told it.
import {
    type ConfinedLine,
    plainNameLine,
} from '../../shared/pattern/index.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { compileRules, countDistinct } from './compile-rules.ts';
import type { EffectiveRules } from './effective-rules.ts';

/**
 * While a qube learns, its rules have a line beside them that every plain name
 * matches. It is no block list without rules: with an HTTP upstream that is not
 * possible, and a filter of the other kind would end what is open.
 */
export function filterOf(rules: EffectiveRules): Filter {
    const filter = {
        default: rules.default,
        lines: compileRules(rules),
        rules: countDistinct(rules),
        ...rules.settings,
    };
    if (rules.learnsUntil !== null) {
        return {
            ...filter,
            lines: withPlainNames(filter.lines),
            record: 'all',
        };
    }
    return isRecorded(rules) ? { ...filter, record: 'all' } : filter;
}

/** It is as long as somebody watches, and nothing else has a say in that. */
export function isRecorded(rules: EffectiveRules): boolean {
    return rules.watchedUntil !== null && rules.settings.record === 'refused';
}

/** Lines of a filter that is watched at most: a deadline has them once more. */
const mostWatchedLines = 2000;

/** The same rules; not watched if that would make a document too long. */
export function watchable(rules: EffectiveRules): EffectiveRules {
    return isRecorded(rules) && isTooLongToWatch(rules)
        ? { ...rules, watchedUntil: null }
        : rules;
}

export function isTooLongToWatch(rules: EffectiveRules): boolean {
    return compileRules(rules).length > mostWatchedLines;
}

/** Without those that a document has no room for. */
function withPlainNames(lines: readonly ConfinedLine[]): ConfinedLine[] {
    return [plainNameLine, ...lines].slice(0, limits.linesPerFilter);
}
