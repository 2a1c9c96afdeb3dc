import { noRules } from '../core/effective-rules.ts';
import type { Learner } from '../core/learning.ts';
import type { Qube } from '../core/qube.ts';
import type { View } from '../view.ts';
import { hindranceOf } from './hindrance.ts';
import { knownRules } from './known-rules.ts';

/**
 * Null if it is not let through by that: it does not learn, it is stopped, or it
 * has a block list. An error in its rules leaves open what was in force.
 */
export function learnerOf(view: View, qube: Qube): Learner | null {
    const learner = view.moment.learners.get(qube.uuid) ?? null;
    if (hindranceOf(qube, noRules, view) !== null) {
        return null;
    }
    const rules = knownRules(view, qube);
    return rules.ok && rules.value.learnsUntil === null ? null : learner;
}
