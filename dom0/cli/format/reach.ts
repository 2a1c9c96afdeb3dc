// What rules let through, in few words: which kind of list it is always shows.
import { type Default, defaultIn } from '../../core/default.ts';
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

/** The same of a file by itself. */
export function reachOf(content: FileContent): string {
    const rules = content.ok ? content.value.rules : [];
    return describeReach(defaultIn(content), rules);
}
