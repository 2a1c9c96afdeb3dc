// What came of `learn`.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { allRules } from '../../core/effective-rules.ts';
import { isAnswered } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import type { Situation } from '../../core/situation.ts';
import type { View } from '../../view.ts';
import { knownRules } from '../known-rules.ts';
import { withDetails } from '../output.ts';
import { describeEnd, describeLearning } from './learning.ts';
import { countRules } from './rules.ts';

/** What is open until when, and what holds then. */
export function describeLearned(
    before: View,
    view: View,
    qube: Qube,
    situation: Situation | undefined,
    isTrial: boolean,
): string[] {
    const { name, uuid, xid } = qube;
    const learner = view.moment.learners.get(uuid);
    if (learner === undefined) {
        return [];
    }
    const earlier = before.moment.learners.get(uuid);
    const { until } = learner;
    const learns = isTrial
        ? `would learn until ${describeEnd(until, view.moment)}: every host would be let through`
        : describeLearning(until, view.moment, isOpen(situation));
    return withDetails(`${name}: ${learns}`, [
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

function isOpen(situation: Situation | undefined): boolean {
    return situation !== undefined && isAnswered(situation);
}

/** What became of a qube that was to learn no more. */
export function describeUnlearned(
    { moment }: View,
    { name, uuid }: Qube,
    situation: Situation | undefined,
    isTrial: boolean,
): string[] {
    if (!moment.learners.has(uuid)) {
        return [`${name}: did not learn`];
    }
    const isUnsure = isOpen(situation) && situation?.kind !== 'in-force';
    return isUnsure && !isTrial
        ? [`${name}: noted as learning no more`]
        : withDetails(
              learnsNoMore(name, isTrial),
              isTrial
                  ? []
                  : [
                        `to see what it asked for: qvm-filterproxy suggest ${name}`,
                    ],
          );
}

export function learnsNoMore(name: QubeName, isTrial: boolean): string {
    return `${name}: ${isTrial ? 'would learn' : 'learns'} no more`;
}

/** An error in its rules leaves what it learned by in force. */
export function warnStillOpen(
    { moment }: View,
    { name, uuid }: Qube,
    situation: Situation | undefined,
): string[] {
    return situation?.kind === 'held' &&
        situation.isServed &&
        moment.learners.has(uuid)
        ? [`${name}: until then every host may be let through`]
        : [];
}
