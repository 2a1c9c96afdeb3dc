// That another rule does what one does that was added, or taken out.
import type { Covering } from '../../core/covering.ts';
import { nameRule } from './check.ts';
import type { EndingContext } from './ending.ts';
import { describeRulePlace } from './place.ts';

/** Which one, and where it stands; nothing without. */
export function describeCovering(
    covering: Covering | null,
    when: 'already' | 'still',
    context: EndingContext,
): string[] {
    if (covering === null) {
        return [];
    }
    const { by, host } = covering;
    const fate = covering.default === 'allow' ? 'refused' : 'allowed';
    const what = host === null ? 'all that it matches is' : `${host} itself is`;
    return [
        `${what} ${when} ${fate} by ${nameRule(by)}`,
        describeRulePlace(by, context),
    ];
}

/** The same for programs. */
export function coveringJson(covering: Covering | null) {
    if (covering === null) {
        return null;
    }
    const { by, host } = covering;
    return { file: by.file, line: by.rule.line, via: by.via, host };
}
