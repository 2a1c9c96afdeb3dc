// `restart` ends all that qubes have open, gives them new proxies, and ends
// their stop, if they are stopped.
import { previewAll } from '../../ask.ts';
import { changeStopped } from '../../change-stopped.ts';
import { isStarted } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import { fileOf } from '../../core/rule-files.ts';
import { holdOn, type Stopped, withoutStops } from '../../core/stopped.ts';
import type { Deps } from '../../deps.ts';
import { look, type View, withStopped } from '../../view.ts';
import { restartAll } from '../../walk.ts';
import { affectedBy, proxyvmsOf } from '../affected.ts';
import {
    type Choice,
    checkChoice,
    chooseQubes,
    excludedQubes,
    noneLeft,
} from '../choose-qubes.ts';
import { effectOf, endedBy } from '../effect.ts';
import type { Options } from '../options.ts';
import { type Output, withDetails } from '../output.ts';
import { reportOn } from '../report.ts';

/** Restarts the proxies of qubes. */
export async function restart(
    deps: Deps,
    args: Options & Choice,
): Promise<Output> {
    checkChoice(args);
    const view = await look(deps);
    const { system } = view;
    const chosen = chooseQubes(args, view);
    const broken = chosen.filter((qube) => hasBrokenFile(qube, view));
    const targets = chosen.filter((qube) => !broken.includes(qube));
    const { before, after } = await changeStopped(
        deps,
        (stopped) => withoutStops(stopped, targets, system),
        args.dryRun,
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
    const visits = await (args.dryRun
        ? previewAll(deps, next, proxyvms, isMeant)
        : restartAll(deps, proxyvms, isMeant));
    const ended = endedBy(visits, qubes, told);
    const effect = await effectOf(deps, next, qubes, visits, ended);
    const output = reportOn(effect, {
        ...args,
        command: 'restart',
        headlines: describeRestarts(
            before,
            next,
            targets,
            args.dryRun,
            broken.length > 0,
        ),
        isAsPromised: (each) => isStarted(each, args.all),
    });
    return {
        ...output,
        warnings: [...broken.flatMap(describeBroken), ...output.warnings],
        failed: output.failed || broken.length > 0,
    };
}

/** What is in force for it cannot be made again. */
function hasBrokenFile(qube: Qube, { files }: View): boolean {
    return fileOf(files, qube)?.content.ok === false;
}

function describeBroken({ name }: Qube): string[] {
    return withDetails(
        `${name}: not restarted: its rule file has an error, so it would be ` +
            'left without a proxy',
        [`to see it: qvm-filterproxy list ${name}`],
    );
}

function describeRestarts(
    before: Stopped,
    { stopped, system }: View,
    targets: readonly Qube[],
    isTrial: boolean,
    isAnyBroken: boolean,
): string[] {
    if (targets.length === 0) {
        return isAnyBroken ? [] : [noneLeft];
    }
    const lines = targets
        .filter((qube) => holdOn(stopped, qube, system) === null)
        .map((qube) => {
            const wasStopped = holdOn(before, qube, system) !== null;
            const also = wasStopped ? ', and not stopped any more' : '';
            return `${qube.name}: ${isTrial ? 'would be ' : ''}restarted${also}`;
        });
    return isTrial ? [...lines, 'first to end what they have open:'] : lines;
}
