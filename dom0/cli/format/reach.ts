// What rules let through, in few words: which kind of list it is always shows.
import { type Default, defaultIn } from '../../core/default.ts';
import { emptyRuleFile, includesIn } from '../../core/rule-file.ts';
import type { FileContent } from '../../core/shared-files.ts';
import { countRules } from './rules.ts';

/** `2 rules`, or of a block list what it leaves open. */
export function describeReach(
    byDefault: Default,
    rules: readonly unknown[],
): string {
    if (byDefault === 'deny') {
        return countRules(rules);
    }
    return rules.length === 0
        ? 'all hosts, no rules'
        : `all hosts but those of ${countRules(rules)}`;
}

/** The same of a file by itself; what is in the sets that it includes is not. */
export function reachOf(content: FileContent): string {
    const { rules, directives } = content.ok ? content.value : emptyRuleFile;
    const byDefault = defaultIn(content);
    const { length } = includesIn({ directives });
    if (length === 0) {
        return describeReach(byDefault, rules);
    }
    const sets = `${length} included ${length === 1 ? 'set' : 'sets'}`;
    const all = rules.length === 0 ? sets : `${countRules(rules)} and ${sets}`;
    return byDefault === 'deny' ? all : `all hosts but those of ${all}`;
}
