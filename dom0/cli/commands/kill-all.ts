// `kill-all` stops all qubes, and those to come; `kill-all-and-restart` ends
// all that any qube has open, and every stop.
import { toPrintable } from '../../../shared/printable.ts';
import { changeStopped, type StoppedChange } from '../../change-stopped.ts';
import type { CommandDeps } from '../../command-deps.ts';
import type { Told } from '../../core/concerned.ts';
import { hasNoNetvm, isSettled } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import type { Visit } from '../../core/situation.ts';
import {
    type Hold,
    nobodyStopped,
    withAllStopped,
} from '../../core/stopped.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tell, tellToRestart } from '../../tell.ts';
import type { View } from '../../view.ts';
import { describeEnded } from '../../words/ended.ts';
import { holdFromNow } from '../affected.ts';
import { effectOf } from '../effect.ts';
import {
    formatPlans,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import { sinceAndBy, startHints } from '../format/held.ts';
import { describeUnsure, unsureOf } from '../format/stop.ts';
import { formatStillOpen } from '../locked-out.ts';
import { lookAfter } from '../look-for.ts';
import type { Options } from '../options.ts';
import { othersNote, withoutOthers } from '../others.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { qubesWithRules } from '../proxyvms.ts';
import { reportOn } from '../report.ts';

/**
 * Written down before anything is looked at, so that it holds whatever fails
 * then; also over a file that nobody can read.
 */
export async function killAll(
    deps: CommandDeps,
    args: Options,
): Promise<Output> {
    const hold = holdFromNow(deps);
    const change = await changeStopped(
        deps,
        (stopped) => withAllStopped(stopped, hold),
        { isTrial: args.dryRun, isWhateverItSays: true },
    );
    return lookAfter(deps, args, change.after, (seen) =>
        silenceAll(deps, args, change, seen),
    );
}

async function silenceAll(
    deps: CommandDeps,
    args: Options,
    { before, after }: StoppedChange,
    seen: Seen,
): Promise<Output> {
    const { view } = seen;
    const told = await deps.told.readAnyway();
    const proxyvms = allProxyvms(view, told);
    const qubes = qubesWithRules(view, null);
    const made = await tell(deps, seen, proxyvms, args.dryRun);
    const { ours: visits, others } = withoutOthers(made, told, qubes);
    const effect = await effectOf(deps, view, qubes, visits);
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

function describeSilenced(
    { proxyvm, result }: Visit,
    isVerbose: boolean,
): string[] {
    if (!result.ok) {
        return [];
    }
    const ended = describeEnded(result.value);
    const loss = ended === null ? '' : `; ${ended}`;
    const steps = result.value.steps.map((step) => toPrintable(step));
    return withDetails(
        `${proxyvm}: serves nobody${loss}`,
        isVerbose ? steps : [],
    );
}

/** All that run and provide network, and those that were told something. */
function allProxyvms({ system }: View, told: Told): Qube['name'][] {
    const running = [...system.values()]
        .filter((qube) => qube.providesNetwork && qube.xid !== null)
        .map((qube) => qube.name);
    return [...new Set([...running, ...told.keys()])].sort();
}

/** `held` is the hold that was there already. */
function describeKill(
    held: Hold | null,
    isTrial: boolean,
    isUnsure: boolean,
): string[] {
    const done = isUnsure ? ': noted as stopped' : ': stopped';
    const fate = isTrial ? ' would be stopped' : done;
    const what =
        held === null
            ? `all qubes${fate}, also those that get rules later`
            : `all qubes: are already stopped (${sinceAndBy(held)})`;
    return withDetails(what, startHints);
}

/** Everybody's connections end, and every stop as well. */
export async function killAllAndRestart(
    deps: CommandDeps,
    args: Options,
): Promise<Output> {
    const { after } = await changeStopped(deps, () => nobodyStopped, {
        isTrial: args.dryRun,
        isWhateverItSays: true,
    });
    return lookAfter(deps, args, after, (seen) => restartAny(deps, args, seen));
}

async function restartAny(
    deps: CommandDeps,
    args: Options,
    seen: Seen,
): Promise<Output> {
    const { view } = seen;
    const told = await deps.told.read();
    const proxyvms = allProxyvms(view, told);
    const everybody = () => true;
    const qubes = qubesWithRules(view, null);
    const made = await tellToRestart(
        deps,
        seen,
        proxyvms,
        args.dryRun,
        everybody,
    );
    const { ours: visits, others } = withoutOthers(made, told, qubes);
    const effect = await effectOf(deps, view, qubes, visits);
    const what = 'all qubes: restarted; none is stopped any more';
    const wouldBe = withDetails(
        'all qubes would be restarted, and none be stopped any more',
        ['first to end what is open:'],
    );
    return reportOn(effect, {
        ...args,
        all: true,
        command: 'kill-all-and-restart',
        headlines: [...(args.dryRun ? wouldBe : [what]), ...othersNote(others)],
        isAsPromised: (each) => isSettled(each) || hasNoNetvm(each),
    });
}
