// The filters that follow by themselves, as the times of rules pass.
import type { Deadline } from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { allRules, type EffectiveRules } from './effective-rules.ts';
import { filterOf, isRecorded } from './filter.ts';
import type { Moment } from './moment.ts';
import { rulesAfter } from './rules-after.ts';

/**
 * As many as a document takes. What would follow then is nothing: the client
 * is closed, unless dom0 says more until then. So it is if the filters grow
 * too long; and what is ten years ahead is left to the days to come.
 */
export function deadlinesOf(
    rules: EffectiveRules,
    { nowMs }: Pick<Moment, 'nowMs'>,
): Deadline[] {
    const deadlines: Deadline[] = [];
    let lines = 0;
    for (const expire of expiriesOf(rules)) {
        const seconds = Math.ceil((expire * 1000 - nowMs) / 1000);
        if (seconds > limits.deadlineSeconds) {
            break;
        }
        const after = rulesAfter(rules, expire);
        const filter = after && filterOf(after);
        lines += filter?.lines.length ?? 0;
        const isPast =
            deadlines.length >= limits.deadlines - 1 ||
            lines > limits.linesPerFilter;
        deadlines.push({ seconds, filter: isPast ? null : filter });
        if (isPast || filter === null) {
            break;
        }
    }
    return deadlines;
}

/** The times of its rules, and when it has learned or been watched enough. */
function expiriesOf(rules: EffectiveRules): number[] {
    const expiries = allRules(rules).flatMap(({ expire }) => expire ?? []);
    const watched = isRecorded(rules) ? rules.watchedUntil : null;
    const ends = [rules.learnsUntil, watched].filter((end) => end !== null);
    return [...new Set([...expiries, ...ends])].sort(
        (one, other) => one - other,
    );
}

/** When that is, in seconds since 1970: the same whenever it is said. */
export function expireOf(
    { seconds }: Pick<Deadline, 'seconds'>,
    { nowMs }: Pick<Moment, 'nowMs'>,
): number {
    return Math.floor((nowMs + seconds * 1000) / 1000);
}
