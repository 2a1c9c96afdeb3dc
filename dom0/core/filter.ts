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
    return rules.learnsUntil === null
        ? filter
        : { ...filter, lines: withPlainNames(filter.lines), record: 'all' };
}

/** Without those that a document has no room for. */
function withPlainNames(lines: readonly ConfinedLine[]): ConfinedLine[] {
    return [plainNameLine, ...lines].slice(0, limits.linesPerFilter);
}
