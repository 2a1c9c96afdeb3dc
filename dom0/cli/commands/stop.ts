// `stop` ends a qube's proxy and all that it has open through it, and holds
// until `start` or `restart`.
import { endLearnings } from '../../change-learning.ts';
import { changeStopped } from '../../change-stopped.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { withStops } from '../../core/stopped.ts';
import { Failure } from '../../failure.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tell } from '../../tell.ts';
import { type View, withStopped } from '../../view.ts';
import { affectedBy, holdFromNow, proxyvmsOf } from '../affected.ts';
import {
    type Choice,
    checkChoice,
    chooseQubes,
    describeNobody,
    excludedQubes,
} from '../choose-qubes.ts';
import { effectOf } from '../effect.ts';
import {
    formatPlans,
    formatVisits,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import { learnsNoMore } from '../format/learn.ts';
import { describeStops, describeUnsure, unsureOf } from '../format/stop.ts';
import { formatStillOpen } from '../locked-out.ts';
import { lookForAll } from '../look-for.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output } from '../output.ts';

/** Stops qubes; what their ProxyVMs make of it is said. */
export async function stop(
    deps: CommandDeps,
    args: Options & Choice,
): Promise<Output> {
    checkChoice(args);
    return lookForAll(deps, args, (seen) => stopSeen(deps, args, seen));
}

async function stopSeen(
    deps: CommandDeps,
    args: Options & Choice,
    seen: Seen,
): Promise<Output> {
    const before = seen.view;
    const { system } = before;
    const targets = targetsOf(args, before);
    const hold = holdFromNow(deps);
    const { after } = await changeStopped(
        deps,
        (stopped) => withStops(stopped, targets, system, hold),
        { isTrial: args.dryRun, locks: seen.locks },
    );
    const view = withStopped(before, after);
    const qubes = affectedBy(targets, system);
    const told = await deps.told.readAnyway();
    const proxyvms = proxyvmsOf(qubes, view, told);
    const visits = await tell(deps, { ...seen, view }, proxyvms, args.dryRun);
    const effect = await effectOf(deps, view, qubes, visits);
    const learners = await endLearnings(
        deps,
        before,
        qubes,
        args.dryRun,
        seen.locks,
    );
    const unsure = args.dryRun ? [] : unsureOf(effect, told);
    return {
        lines: [
            ...(targets.length === 0 ? [describeNobody(args)] : []),
            ...describeStops(before, targets, unsure, args.dryRun),
            ...(args.dryRun
                ? formatPlans(visits)
                : formatVisits(effect, args.verbose)),
            ...learners.map(({ name }) => learnsNoMore(name, args.dryRun)),
            ...(await formatStillOpen(deps, effect)),
        ],
        warnings: unsure.flatMap((each) => describeUnsure(each, system)),
        json: {
            version: jsonVersion,
            command: 'stop',
            dryRun: args.dryRun,
            proxyvms: visitsJson(visits),
            qubes: situationsJson(effect),
        },
        failed: visits.some(isWorrying),
    };
}

/** A disposable goes with its template, if that is stopped as well. */
function targetsOf(choice: Choice, view: View): Qube[] {
    const chosen = chooseQubes(choice, view);
    const names = new Set(chosen.map(({ name }) => name));
    const isCovered = (qube: Qube) =>
        ruleOwnerName(qube) !== qube.name && names.has(ruleOwnerName(qube));
    for (const qube of excludedQubes(choice, view).filter(isCovered)) {
        const template = ruleOwnerName(qube);
        throw new Failure(
            `${qube.name} cannot be left out: it is stopped with ` +
                `${template}, whose rules it has; to leave out that as ` +
                `well: --exclude ${template}`,
        );
    }
    return chosen.filter((qube) => !isCovered(qube));
}
