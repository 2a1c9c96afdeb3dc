import {
    isSettled,
    type Situation,
    situationsOf,
} from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import { look } from '../../view.ts';
import { askForHalted, previewAll, visitAll } from '../../walk.ts';
import {
    formatFailures,
    formatPlans,
    formatVisits,
    isFailed,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import { noticesIn, problemsIn } from '../format/files.ts';
import { formatProblems, problemJson } from '../format/problem.ts';
import { explainSituation } from '../format/situation.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { chooseProxyvms, qubesWithRules } from '../proxyvms.ts';
import type { Effect } from '../put-in-force.ts';

export interface UpdateArguments extends Options {
    readonly proxyvms: readonly string[];
}

/** Brings ProxyVMs up to date with the rule files. */
export async function update(
    deps: Deps,
    args: UpdateArguments,
): Promise<Output> {
    const view = await look(deps);
    const told = await deps.told.read();
    const proxyvms = chooseProxyvms(args.proxyvms, view, told);
    const visits = await (args.dryRun
        ? previewAll(deps, view, proxyvms)
        : visitAll(deps, proxyvms));
    const isNamed = args.proxyvms.length > 0;
    const scope = qubesWithRules(view, isNamed ? proxyvms : null);
    const names = scope.map((qube) => qube.name);
    const asked = await askForHalted(deps, view, names, visits);
    const heard = [...visits, ...asked];
    const situations = situationsOf(scope, view.placements, heard);
    const effect = { view, visits, situations, ended: new Map() };
    const problems = problemsIn(view);
    const notices = noticesIn(view);
    const open = formatOpen(effect);
    const failures = formatFailures(effect, isNamed ? isFailed : isWorrying);
    const lines = args.dryRun
        ? formatPlans(visits)
        : formatVisits(effect, args.verbose);
    const isIdle = proxyvms.length === 0 && open.length === 0;
    return {
        lines: isIdle ? ['nothing to do: no running qube has rules'] : lines,
        warnings: [
            ...formatProblems([...problems, ...notices]),
            ...open,
            ...failures,
        ],
        json: {
            version: jsonVersion,
            command: 'update',
            dryRun: args.dryRun,
            proxyvms: visitsJson(visits),
            qubes: situationsJson(effect),
            problems: problems.map(problemJson),
            warnings: notices.map(problemJson),
        },
        failed:
            problems.length > 0 ||
            failures.length > 0 ||
            [...situations.values()].some(isFailure),
    };
}

/** Of running qubes, what is not in force; of others, what never will be. */
function formatOpen({ situations, view }: Effect): string[] {
    return [...situations]
        .filter(([, situation]) => isOpen(situation))
        .flatMap(([qube, situation]) => {
            const explained = explainSituation(qube, view.system, situation);
            return withDetails(`${qube}: ${explained.what}`, explained.todo);
        });
}

function isOpen(situation: Situation): boolean {
    return !isSettled(situation) || waitsForNetvm(situation);
}

/** A qube without netvm is left so by its user. */
function isFailure(situation: Situation): boolean {
    const hasNoNetvm =
        situation.kind === 'unserved' && situation.why.kind === 'no-netvm';
    return isOpen(situation) && !hasNoNetvm;
}

function waitsForNetvm(situation: Situation): boolean {
    return (
        situation.kind === 'unserved' && situation.why.kind === 'netvm-halted'
    );
}
