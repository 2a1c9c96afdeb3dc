// What came of `learn`.
import { allRules } from '../../core/effective-rules.ts';
import type { Qube } from '../../core/qube.ts';
import type { View } from '../../view.ts';
import { knownRules } from '../known-rules.ts';
import { withDetails } from '../output.ts';
import { describeEnd } from './learning.ts';
import { countRules } from './rules.ts';

/** What is open until when, and what holds then. */
export function describeLearned(
    before: View,
    view: View,
    qube: Qube,
    isTrial: boolean,
): string[] {
    const { name, uuid, xid } = qube;
    const learner = view.moment.learners.get(uuid);
    if (learner === undefined) {
        return [];
    }
    const earlier = before.moment.learners.get(uuid);
    const end = describeEnd(learner.until, view.moment);
    const learns = isTrial ? 'would learn' : 'learns';
    const line = `${name}: ${learns} until ${end}: every host is let through`;
    return withDetails(line, [
        ...(earlier === undefined
            ? []
            : [
                  `instead of until ${describeEnd(earlier.until, before.moment)}`,
              ]),
        'Ports and private addresses stay as they are; what it asks for is recorded.',
        describeFallback(view, qube),
        ...(xid === null
            ? ['It does not run, and the time runs already.']
            : []),
        ...(isTrial
            ? []
            : [
                  `to end it now: qvm-filterproxy learn ${name} --stop`,
                  `to see what it asked for: qvm-filterproxy suggest ${name}`,
              ]),
    ]);
}

function describeFallback(view: View, qube: Qube): string {
    const rules = knownRules(view, qube);
    const own = rules.ok ? allRules(rules.value) : [];
    const then =
        own.length === 0
            ? 'no rule lets anything through'
            : `only ${countRules(own)} ${own.length === 1 ? 'holds' : 'hold'} again`;
    return `Then ${then}, and all that is open through its proxy ends.`;
}

/** What became of a qube that is to learn no more. */
export function describeUnlearned(
    { moment }: View,
    { name, uuid }: Qube,
    isTrial: boolean,
): string[] {
    if (!moment.learners.has(uuid)) {
        return [`${name}: did not learn`];
    }
    return isTrial
        ? [`${name}: would learn no more`]
        : withDetails(`${name}: learns no more`, [
              `to see what it asked for: qvm-filterproxy suggest ${name}`,
          ]);
}
