// Whether a ProxyVM is up to date, since when, and if not, why.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    isAtWork,
    type Pending,
    type SeenDaemon,
} from '../../core/daemon-state.ts';
import { updateOf } from '../../core/doctor/mend.ts';
import type { Visited } from '../../core/visited.ts';
import { withDetails } from '../output.ts';
import type { Explanation } from './explanation.ts';
import { localTime } from './local-time.ts';

export interface Freshness {
    readonly visited: Visited | undefined;
    /** Whether it is to serve anybody, or was told to. */
    readonly isInUse: boolean;
    readonly isOutdated: boolean;
    /** Whether it serves whom it was told to, as far as it was asked. */
    readonly isAsTold: boolean;
    /** What the daemon has still to do about it. */
    readonly pending: Pending | undefined;
}

/** Whether it may not do what it is to: what it says is of before. */
export function isStale({ isInUse, isOutdated }: Freshness): boolean {
    return isInUse && isOutdated;
}

/** In a few words, and what there is to say of it. */
export function explainFreshness(
    proxyvm: QubeName,
    freshness: Freshness,
): Explanation {
    const { visited, isInUse, pending } = freshness;
    if (!isInUse) {
        return { what: 'nothing to do', todo: [] };
    }
    if (!isStale(freshness) && visited !== undefined) {
        const since = localTime(visited.at);
        const what = freshness.isAsTold
            ? `up to date since ${since}`
            : `told at ${since}, but it does not serve all as told`;
        return { what, todo: [] };
    }
    const isBeingDone = pending !== undefined && pending.nextTry === null;
    return {
        what: isBeingDone ? 'being brought up to date' : 'not up to date',
        todo: [
            whyOutdated(visited),
            ...describePending(pending),
            ...(isBeingDone ? [] : [updateOf(proxyvm)]),
        ],
    };
}

function whyOutdated(visited: Visited | undefined): string {
    if (visited === undefined) {
        return 'nothing was told since dom0 started';
    }
    const when = localTime(visited.at);
    return visited.problem === null
        ? `something has changed since ${when}`
        : `at ${when}: ${visited.problem}`;
}

/** What the daemon is at; nothing if it has nothing to do. */
export function describePending(pending: Pending | undefined): string[] {
    if (pending === undefined) {
        return [];
    }
    const { because, failures, nextTry } = pending;
    const why = `because of ${because.join(', ')}`;
    if (nextTry === null) {
        return [why];
    }
    const times = failures === 1 ? 'once' : `${failures} times`;
    return [`tried ${times}, again at ${localTime(nextTry)}`];
}

/** The same for programs. */
export function freshnessJson({
    visited,
    isOutdated,
    isAsTold,
    pending,
}: Freshness) {
    return {
        upToDate: !isOutdated && isAsTold,
        lastTold: visited?.at ?? null,
        problem: visited?.problem ?? null,
        pending:
            pending === undefined
                ? null
                : {
                      because: pending.because,
                      failures: pending.failures,
                      nextTry: pending.nextTry,
                  },
    };
}

/** Nothing while the daemon runs and hears. */
export function formatDaemon(daemon: SeenDaemon): string[] {
    const consequence = 'when a qube starts, stops or moves, nothing follows';
    const start = 'sudo systemctl enable --now qubes-filterproxyd';
    switch (daemon) {
        case null:
            return withDetails(
                `qubes-filterproxyd does not run: ${consequence}`,
                [`to start it: ${start}`],
            );
        case 'masked':
            return withDetails(
                `qubes-filterproxyd does not run, it is masked: ${consequence}`,
                [
                    'to start it: sudo systemctl unmask qubes-filterproxyd && ' +
                        start,
                ],
            );
        case 'suspended':
            return withDetails(
                `qubes-filterproxyd is suspended by a signal: ${consequence}`,
                ['to restart it: sudo systemctl restart qubes-filterproxyd'],
            );
        default:
            return daemon.isListening
                ? []
                : withDetails(hearsNothing, [seeWhy]);
    }
}

const hearsNothing =
    'qubes-filterproxyd hears nothing from qubesd, and tries again';
const seeWhy = 'to see why: systemctl status qubesd qubes-filterproxyd';

/** The same for programs. */
export function daemonJson(daemon: SeenDaemon) {
    return {
        running: isAtWork(daemon),
        listening: isAtWork(daemon) && daemon.isListening,
    };
}
