// What is left of a qube's rules as their times pass.
import type { EffectiveRules } from './effective-rules.ts';
import type { StoredRule } from './rule-file.ts';

/** The rules once all that ends until then is over; null: none. */
export function rulesAfter(
    rules: EffectiveRules,
    expire: number,
): EffectiveRules | null {
    const isEnded = (rule: StoredRule) =>
        rule.expire !== null && rule.expire <= expire;
    const files = rules.files.map((each) => ({
        ...each,
        over: new Set([...each.over, ...each.rules.filter(isEnded)]),
    }));
    const unlessOver = (until: number | null) =>
        until !== null && until <= expire ? null : until;
    const after = {
        ...rules,
        files,
        learnsUntil: unlessOver(rules.learnsUntil),
        watchedUntil: unlessOver(rules.watchedUntil),
    };
    return isNothing(after) ? null : after;
}

/** All that it had is over. */
export function isNothing({
    files,
    isLasting,
    learnsUntil,
}: EffectiveRules): boolean {
    return (
        !isLasting &&
        learnsUntil === null &&
        files.every(({ rules, over }) => rules.length === over.size)
    );
}
