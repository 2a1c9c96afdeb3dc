// What rules let through, as a ProxyVM is told it.
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { compileRules, countDistinct } from './compile-rules.ts';
import type { EffectiveRules } from './effective-rules.ts';

export function filterOf(rules: EffectiveRules): Filter {
    return {
        default: rules.default,
        lines: compileRules(rules),
        rules: countDistinct(rules),
        ...rules.settings,
    };
}
