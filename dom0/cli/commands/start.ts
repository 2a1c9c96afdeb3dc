// `start` ends what `stop` and `kill-all` began.
import { previewAll } from '../../ask.ts';
import { changeStopped } from '../../change-stopped.ts';
import { isStarted } from '../../core/judge-situation.ts';
import {
    nobodyStopped,
    onlyStopsOf,
    type Stopped,
    withoutStops,
} from '../../core/stopped.ts';
import type { Deps } from '../../deps.ts';
import { look, lookWith } from '../../view.ts';
import { visitAll } from '../../walk.ts';
import { affectedBy, proxyvmsOf } from '../affected.ts';
import {
    type Choice,
    checkChoice,
    chooseQubes,
    excludedQubes,
} from '../choose-qubes.ts';
import { effectOf } from '../effect.ts';
import { describeStarts } from '../format/start.ts';
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
    const { before, after } = await changeStopped(
        deps,
        await changeFor(deps, args),
        args.dryRun,
        isForAll(args) ? nobodyStopped : null,
    );
    const view = await lookWith(deps, after);
    const targets = chooseQubes(args, view);
    const qubes = affectedBy(targets, view.system);
    const told = await deps.told.read();
    const proxyvms = args.all
        ? chooseProxyvms([], view, told)
        : proxyvmsOf(qubes, view, told);
    const visits = await (args.dryRun
        ? previewAll(deps, view, proxyvms)
        : visitAll(deps, proxyvms));
    const effect = await effectOf(deps, view, qubes, visits);
    return reportOn(effect, {
        ...args,
        command: 'start',
        headlines: describeStarts(before, view, targets, args),
        isAsPromised: (each) => isStarted(each, args.all),
    });
}

/** Whoever is stopped, by whichever command, is not any more. */
function isForAll({ all, exclude }: Choice): boolean {
    return all && exclude.length === 0;
}

async function changeFor(
    deps: Deps,
    args: Choice,
): Promise<(before: Stopped) => Stopped> {
    if (isForAll(args)) {
        return () => nobodyStopped;
    }
    const view = await look(deps);
    const { system } = view;
    if (args.all) {
        const kept = excludedQubes(args, view);
        return (before) => onlyStopsOf(before, kept, system);
    }
    const targets = chooseQubes(args, view);
    return (before) => withoutStops(before, targets, system);
}
