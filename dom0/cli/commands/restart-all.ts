// `kill-all-and-restart` ends all that any qube has open, and every stop.
import { changeStopped } from '../../change-stopped.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { hasNoNetvm, isSettled } from '../../core/judge-situation.ts';
import { nobodyStopped } from '../../core/stopped.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tellToRestart } from '../../tell.ts';
import { effectOf } from '../effect.ts';
import { lookAs } from '../look-for.ts';
import type { Options } from '../options.ts';
import { othersNote, withoutOthers } from '../others.ts';
import { type Output, withDetails } from '../output.ts';
import { allProxyvms, qubesWithRules } from '../proxyvms.ts';
import { reportOn } from '../report.ts';

/** Everybody's connections end, and every stop as well. */
export async function killAllAndRestart(
    deps: CommandDeps,
    args: Options,
): Promise<Output> {
    return lookAs(deps, args, nobodyStopped, async (seen) => {
        await changeStopped(deps, () => nobodyStopped, {
            isTrial: args.dryRun,
            isWhateverItSays: true,
            locks: seen.locks,
        });
        return restartAny(deps, args, seen);
    });
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
