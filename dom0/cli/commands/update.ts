import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    isSettled,
    type Situation,
    situationOf,
    type Visit,
} from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import { look, type View } from '../../view.ts';
import { previewAll, visitAll } from '../../walk.ts';
import {
    formatFailures,
    formatPlans,
    formatVisits,
    isFailed,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import { problemsIn } from '../format/files.ts';
import { formatProblems, problemJson } from '../format/problem.ts';
import { explainSituation } from '../format/situation.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { chooseProxyvms } from '../proxyvms.ts';
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
    const situations = situationsOf(view, visits, isNamed);
    const effect = { view, visits, situations };
    const problems = problemsIn(view);
    const warnings = [
        ...formatProblems(problems),
        ...formatUnsettled(effect),
        ...formatFailures(effect, isNamed ? isFailed : isWorrying),
    ];
    const lines = args.dryRun
        ? formatPlans(visits)
        : formatVisits(effect, args.verbose);
    return {
        lines:
            proxyvms.length === 0
                ? ['nothing to do: no running qube has rules']
                : lines,
        warnings,
        json: {
            version: jsonVersion,
            command: 'update',
            dryRun: args.dryRun,
            proxyvms: visitsJson(visits),
            qubes: situationsJson(effect),
            problems: problems.map(problemJson),
        },
        failed: warnings.length > 0,
    };
}

/** Of the clients of named ProxyVMs, or of all qubes with rules. */
function situationsOf(
    { system, placements }: View,
    visits: readonly Visit[],
    isNamed: boolean,
): ReadonlyMap<QubeName, Situation> {
    const visited = new Set(visits.map((visit) => visit.proxyvm));
    const situations = new Map<QubeName, Situation>();
    for (const [name, placement] of placements) {
        const qube = system.get(name);
        const isVisited =
            placement.kind === 'served' && visited.has(placement.proxyvm);
        if (qube !== undefined && (isVisited || !isNamed)) {
            situations.set(name, situationOf(qube, placements, visits));
        }
    }
    return situations;
}

function formatUnsettled({ situations, view }: Effect): string[] {
    return [...situations]
        .filter(([, situation]) => !isSettled(situation))
        .flatMap(([qube, situation]) => {
            const explained = explainSituation(qube, view.system, situation);
            return withDetails(`${qube}: ${explained.what}`, explained.todo);
        });
}
