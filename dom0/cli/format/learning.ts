// That a qube learns, for people and for programs.
import type { Learner } from '../../core/learning.ts';
import type { Moment } from '../../core/moment.ts';
import { utcSeconds } from '../../core/utc.ts';
import { formatDuration } from './ending.ts';
import { localTime } from './local-time.ts';

/** `learns until 2026-11-24 13:30 (30 min): every host is let through` */
export function describeLearning(
    until: number,
    moment: Pick<Moment, 'nowMs'>,
): string {
    return `learns until ${describeEnd(until, moment)}: every host is let through`;
}

export function describeEnd(
    until: number,
    { nowMs }: Pick<Moment, 'nowMs'>,
): string {
    const time = localTime(new Date(until * 1000).toISOString());
    return `${time} (${formatDuration(until - nowMs / 1000)})`;
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
