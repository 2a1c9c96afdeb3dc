// The filters that follow by themselves, as the times of rules pass.
import type { Deadline } from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { allRules, type EffectiveRules } from './effective-rules.ts';
import { filterOf, isRecorded } from './filter.ts';
import { endAt, type Moment } from './moment.ts';
import { rulesAfter } from './rules-after.ts';

/**
 * As many as a document takes. What would follow then is nothing: the client
 * is closed, unless dom0 says more until then. So it is if the filters grow
 * too long; and what is ten years ahead is left to the days to come.
 */
export function deadlinesOf(
    rules: EffectiveRules,
    moment: Pick<Moment, 'nowMs' | 'ends'>,
): Deadline[] {
    const deadlines: Deadline[] = [];
    let lines = 0;
    for (const [end, expire] of changesOf(rules, moment)) {
        const seconds = Math.ceil((end * 1000 - moment.nowMs) / 1000);
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

/** When its rules change: what is over then is what was to end until `expire`. */
function changesOf(
    rules: EffectiveRules,
    moment: Pick<Moment, 'ends'>,
): [end: number, expire: number][] {
    const changes = new Map<number, number>();
    let end = Number.POSITIVE_INFINITY;
    for (const expire of expiriesOf(rules).reverse()) {
        end = Math.min(end, endAt(expire, moment));
        if (!changes.has(end)) {
            changes.set(end, expire);
        }
    }
    return [...changes].reverse();
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
