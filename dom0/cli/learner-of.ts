import type { Learner } from '../core/learning.ts';
import type { Qube } from '../core/qube.ts';
import type { View } from '../view.ts';
import { hindranceOf } from './hindrance.ts';
import { knownRules } from './known-rules.ts';

/**
 * Null if it is not let through by that: it does not learn, it is stopped, or it
 * has a block list.
 */
export function learnerOf(view: View, qube: Qube): Learner | null {
    const rules = knownRules(view, qube);
    const isOpen =
        rules.ok &&
        rules.value.learnsUntil !== null &&
        hindranceOf(qube, rules, view) === null;
    return isOpen ? (view.moment.learners.get(qube.uuid) ?? null) : null;
}
