// `kill-all` stops all qubes, and those to come.
import { endLearnings } from '../../change-learning.ts';
import { changeStopped, type StoppedChange } from '../../change-stopped.ts';
import type { CommandDeps } from '../../command-deps.ts';
import type { Told } from '../../core/concerned.ts';
import type { Visit } from '../../core/situation.ts';
import { withAllStopped } from '../../core/stopped.ts';
import { Failure, resultOf } from '../../failure.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tell } from '../../tell.ts';
import { both, silenceAll } from '../../walk.ts';
import { holdFromNow } from '../affected.ts';
import { effectOf } from '../effect.ts';
import {
    formatPlans,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import {
    describeKill,
    describeSilenced,
    explainUnnoted,
} from '../format/kill-all.ts';
import { learnsNoMore } from '../format/learn.ts';
import { describeUnsure, unsureOf } from '../format/stop.ts';
import { formatStillOpen } from '../locked-out.ts';
import { lookAs } from '../look-for.ts';
import type { Options } from '../options.ts';
import { othersNote, withoutOthers } from '../others.ts';
import { jsonVersion, type Output } from '../output.ts';
import { allProxyvms, qubesWithRules } from '../proxyvms.ts';

/**
 * Written down and told before anything is looked at, so that it holds whatever
 * fails or hangs then; also over a file that nobody can read.
 */
export async function killAll(
    deps: CommandDeps,
    args: Options,
): Promise<Output> {
    const hold = holdFromNow(deps);
    const noting = await resultOf(() =>
        changeStopped(deps, (stopped) => withAllStopped(stopped, hold), {
            isTrial: args.dryRun,
            isWhateverItSays: true,
        }),
    );
    const told = await deps.told.readAnyway();
    const first = args.dryRun ? [] : await silenceAll(deps, [...told.keys()]);
    if (!noting.ok) {
        throw new Failure(explainUnnoted(noting.error, first));
    }
    const change = noting.value;
    const looked = await resultOf(() =>
        lookAs(deps, args, change.after, (seen) =>
            silenceSeen(deps, args, change, first, seen),
        ),
    );
    return looked.ok
        ? looked.value
        : unseen(args, change, first, told, looked.error);
}

/** What is known though the qubes could not be looked at. */
function unseen(
    args: Options,
    { before, after }: StoppedChange,
    first: readonly Visit[],
    told: Told,
    why: string,
): Output {
    const held = before === after ? before.all : null;
    return {
        lines: [
            ...describeKill(held, args.dryRun, first.some(isWorrying)),
            ...first.flatMap((visit) => describeSilenced(visit, args.verbose)),
        ],
        warnings: [
            ...first
                .filter(isWorrying)
                .flatMap((visit) =>
                    describeUnsure(
                        { visit, qubes: told.get(visit.proxyvm) ?? [] },
                        new Map(),
                    ),
                ),
            `${why}; whether others serve anybody is not known`,
        ],
        json: {
            version: jsonVersion,
            command: 'kill-all',
            dryRun: args.dryRun,
            proxyvms: visitsJson(first),
            qubes: [],
        },
        failed: true,
    };
}

async function silenceSeen(
    deps: CommandDeps,
    args: Options,
    { before, after }: StoppedChange,
    first: readonly Visit[],
    seen: Seen,
): Promise<Output> {
    const { view } = seen;
    const told = await deps.told.readAnyway();
    const proxyvms = allProxyvms(view, told);
    const qubes = qubesWithRules(view, null);
    const made = withEarlier(
        first,
        await tell(deps, seen, proxyvms, args.dryRun),
    );
    const { ours: visits, others } = withoutOthers(made, told, qubes);
    const effect = await effectOf(deps, view, qubes, visits);
    const learners = await endLearnings(
        deps,
        view,
        [...view.system.values()],
        args.dryRun,
        seen.locks,
    );
    return {
        lines: [
            ...describeKill(
                before === after ? before.all : null,
                args.dryRun,
                visits.some(isWorrying),
            ),
            ...(args.dryRun
                ? formatPlans(visits)
                : visits.flatMap((visit) =>
                      describeSilenced(visit, args.verbose),
                  )),
            ...othersNote(others),
            ...learners.map(({ name }) => learnsNoMore(name, args.dryRun)),
            ...(await formatStillOpen(deps, effect)),
        ],
        warnings: unsureOf(effect, told).flatMap((each) =>
            describeUnsure(each, view.system),
        ),
        json: {
            version: jsonVersion,
            command: 'kill-all',
            dryRun: args.dryRun,
            proxyvms: visitsJson(visits),
            qubes: situationsJson(effect),
        },
        failed: visits.some(isWorrying),
    };
}

/** What was ended is in the first answer. */
function withEarlier(
    first: readonly Visit[],
    visits: readonly Visit[],
): Visit[] {
    return visits.map((visit) => {
        const earlier = first.find(({ proxyvm }) => proxyvm === visit.proxyvm);
        return earlier?.result.ok ? both(earlier.result.value, visit) : visit;
    });
}
