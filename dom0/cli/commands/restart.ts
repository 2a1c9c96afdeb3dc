// `restart` ends all that qubes have open, gives them new proxies, and ends
// their stop, if they are stopped.
import { changeStopped } from '../../change-stopped.ts';
import { rulesOf } from '../../core/effective-rules.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import { isStarted } from '../../core/judge-situation.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { holdOn, type Stopped, withoutStops } from '../../core/stopped.ts';
import type { Deps } from '../../deps.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tellToRestart } from '../../tell.ts';
import { type View, withStopped } from '../../view.ts';
import { affectedBy, proxyvmsOf } from '../affected.ts';
import {
    type Choice,
    checkChoice,
    chooseQubes,
    describeNobody,
    excludedQubes,
} from '../choose-qubes.ts';
import { type Effect, effectOf } from '../effect.ts';
import { describeBrokenFile, seeErrors } from '../format/broken-file.ts';
import { lookForAll } from '../look-for.ts';
import type { Options } from '../options.ts';
import { type Output, withDetails } from '../output.ts';
import { reportOn } from '../report.ts';

/** Restarts the proxies of qubes. */
export async function restart(
    deps: Deps,
    args: Options & Choice,
): Promise<Output> {
    checkChoice(args);
    return lookForAll(deps, args, (seen) => restartSeen(deps, args, seen));
}

async function restartSeen(
    deps: Deps,
    args: Options & Choice,
    seen: Seen,
): Promise<Output> {
    const { view } = seen;
    const { system } = view;
    const chosen = chooseQubes(args, view);
    const broken = chosen.filter((qube) => errorsOf(qube, view).length > 0);
    const targets = chosen.filter((qube) => !broken.includes(qube));
    const { before, after } = await changeStopped(
        deps,
        (stopped) => withoutStops(stopped, targets, system),
        { isTrial: args.dryRun, locks: seen.locks },
    );
    const next = withStopped(view, after);
    const spared = excludedQubes(args, view);
    const qubes = affectedBy(targets, system).filter(
        (qube) => !spared.includes(qube),
    );
    const names = new Set(qubes.map(({ name }) => name));
    const isMeant = (name: Qube['name']) => names.has(name);
    const told = await deps.told.read();
    const proxyvms = proxyvmsOf(qubes, next, told);
    const visits = await tellToRestart(
        deps,
        { ...seen, view: next },
        proxyvms,
        args.dryRun,
        isMeant,
    );
    const effect = await effectOf(deps, next, qubes, visits);
    const output = reportOn(effect, {
        ...args,
        command: 'restart',
        headlines:
            chosen.length === 0
                ? [describeNobody(args)]
                : describeRestarts(effect, before, args.dryRun),
        isAsPromised: (each) => isStarted(each, args.all),
    });
    return {
        ...output,
        warnings: [
            ...broken.flatMap((qube) => describeBroken(qube, view)),
            ...output.warnings,
        ],
        json: { ...output.json, notRestarted: broken.map(({ name }) => name) },
        failed: output.failed || broken.length > 0,
    };
}

/** With one, what is in force for it cannot be made again. */
function errorsOf(qube: Qube, view: View): readonly FileProblem[] {
    const rules = rulesOf(view, qube);
    return rules === null || rules.ok ? [] : rules.error;
}

function describeBroken(qube: Qube, view: View): string[] {
    const broken = describeBrokenFile(
        errorsOf(qube, view),
        ruleOwnerName(qube),
    );
    return withDetails(
        `${qube.name}: not restarted: ${broken}, so it would be left ` +
            'without a proxy',
        [seeErrors(qube.name)],
    );
}

/** What became of each that is served, or not stopped any more. */
function describeRestarts(
    { situations, view }: Effect,
    before: Stopped,
    isTrial: boolean,
): string[] {
    const { stopped, system } = view;
    const lines = [...situations].flatMap(([name, { kind }]) => {
        const qube = system.get(name);
        const isFreed =
            qube !== undefined &&
            holdOn(before, qube, system) !== null &&
            holdOn(stopped, qube, system) === null;
        const freed = isFreed ? ['not stopped any more'] : [];
        const restarted = `${isTrial ? 'would be ' : ''}restarted`;
        const what = kind === 'in-force' ? [restarted, ...freed] : freed;
        return what.length === 0 ? [] : [`${name}: ${what.join(', and ')}`];
    });
    const isAny = lines.length > 0;
    return isTrial && isAny ? [...lines, 'first to end what is open:'] : lines;
}
