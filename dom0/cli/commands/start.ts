// `start` ends what `stop` and `kill-all` began.
import { changeStopped } from '../../change-stopped.ts';
import { isStarted } from '../../core/judge-situation.ts';
import {
    nobodyStopped,
    onlyStopsOf,
    type Stopped,
    withoutStops,
} from '../../core/stopped.ts';
import type { Deps } from '../../deps.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tell } from '../../tell.ts';
import { type View, withStopped } from '../../view.ts';
import { affectedBy, proxyvmsOf } from '../affected.ts';
import {
    type Choice,
    checkChoice,
    chooseQubes,
    excludedQubes,
} from '../choose-qubes.ts';
import { effectOf } from '../effect.ts';
import { describeStarts } from '../format/start.ts';
import { lookAs, lookForAll } from '../look-for.ts';
import type { Options } from '../options.ts';
import type { Output } from '../output.ts';
import { chooseProxyvms } from '../proxyvms.ts';
import { reportOn } from '../report.ts';

/** Ends the stop of qubes, and has them served again. */
export async function start(
    deps: Deps,
    args: Options & Choice,
): Promise<Output> {
    checkChoice(args);
    if (args.all && args.exclude.length === 0) {
        return startAll(deps, args);
    }
    return lookForAll(deps, args, async (seen) => {
        const change = startsIn(seen.view, args);
        const { before, after } = await changeStopped(deps, change, {
            isTrial: args.dryRun,
            locks: seen.locks,
        });
        const view = withStopped(seen.view, after);
        return startSeen(deps, args, before, { ...seen, view });
    });
}

/** It does not matter who was stopped, nor if that is readable. */
async function startAll(deps: Deps, args: Options & Choice): Promise<Output> {
    return lookAs(deps, args, nobodyStopped, async (seen) => {
        const { before } = await changeStopped(deps, () => nobodyStopped, {
            isTrial: args.dryRun,
            isWhateverItSays: true,
            locks: seen.locks,
        });
        return startSeen(deps, args, before, seen);
    });
}

async function startSeen(
    deps: Deps,
    args: Options & Choice,
    before: Stopped,
    seen: Seen,
): Promise<Output> {
    const { view } = seen;
    const targets = chooseQubes(args, view);
    const qubes = affectedBy(targets, view.system);
    const told = await deps.told.read();
    const proxyvms = args.all
        ? chooseProxyvms([], view, told)
        : proxyvmsOf(qubes, view, told);
    const visits = await tell(deps, seen, proxyvms, args.dryRun);
    const effect = await effectOf(deps, view, qubes, visits);
    return reportOn(effect, {
        ...args,
        command: 'start',
        headlines: describeStarts(before, view, targets, args),
        isAsPromised: (each) => isStarted(each, args.all),
    });
}

function startsIn(view: View, args: Choice): (before: Stopped) => Stopped {
    const { system } = view;
    if (args.all) {
        const kept = excludedQubes(args, view);
        return (before) => onlyStopsOf(before, kept, system);
    }
    const targets = chooseQubes(args, view);
    return (before) => withoutStops(before, targets, system);
}
