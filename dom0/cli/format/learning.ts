// That a qube learns, for people and for programs.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { isAnswered } from '../../core/judge-situation.ts';
import type { Learner } from '../../core/learning.ts';
import type { Moment } from '../../core/moment.ts';
import type { Situation } from '../../core/situation.ts';
import { utcSeconds } from '../../core/utc.ts';
import type { Effect } from '../effect.ts';
import { withDetails } from '../output.ts';
import { formatDuration } from './ending.ts';
import { localTime } from './local-time.ts';

/**
 * `learns until 2026-11-24 13:30 (30 min): every host is let through`, or would
 * be, where no proxy runs.
 */
export function describeLearning(
    until: number,
    moment: Pick<Moment, 'nowMs'>,
    hasProxyNow: boolean,
): string {
    const fate = hasProxyNow ? 'is' : 'would be';
    return (
        `learns until ${describeEnd(until, moment)}: every host ${fate} ` +
        'let through'
    );
}

export function describeEnd(
    until: number,
    { nowMs }: Pick<Moment, 'nowMs'>,
): string {
    const time = localTime(new Date(until * 1000).toISOString());
    return `${time} (${formatDuration(until - nowMs / 1000)})`;
}

/** That for now its rules do not keep it from any host, if it learns. */
export function noteLearning(
    qube: QubeName,
    learner: Learner | null,
    moment: Moment,
    situation: Situation,
): string[] {
    return learner === null
        ? []
        : [
              describeLearning(learner.until, moment, isAnswered(situation)),
              `to end that: qvm-filterproxy learn ${qube} --stop`,
          ];
}

/** The same of all that a command is about. */
export function formatLearners({
    situations,
    learners,
    view,
}: Effect): string[] {
    return [...situations].flatMap(([qube, situation]) => {
        const learner = learners.get(qube) ?? null;
        const [what, ...todo] = noteLearning(
            qube,
            learner,
            view.moment,
            situation,
        );
        return what === undefined ? [] : withDetails(`${qube} ${what}`, todo);
    });
}

/** Null for a qube that does not learn. */
export function learningJson(learner: Learner | null) {
    return learner === null
        ? null
        : {
              since: learner.since,
              by: learner.by,
              until: utcSeconds(new Date(learner.until * 1000)),
          };
}
