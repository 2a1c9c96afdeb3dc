import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    isSettled,
    type Situation,
    situationOf,
    type Visit,
} from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import { look, type View } from '../../view.ts';
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
    const scope = qubesOf(view, proxyvms, isNamed);
    const asked = await askForHalted(deps, view, scope, visits);
    const situations = situationsOf(view, scope, [...visits, ...asked]);
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

/** The qubes with rules behind named ProxyVMs, or all of them. */
function qubesOf(
    { system, placements }: View,
    proxyvms: readonly QubeName[],
    isNamed: boolean,
): QubeName[] {
    return [...placements.keys()].filter((name) => {
        const netvm = system.get(name)?.netvm ?? null;
        return !isNamed || (netvm !== null && proxyvms.includes(netvm));
    });
}

function situationsOf(
    { system, placements }: View,
    names: readonly QubeName[],
    visits: readonly Visit[],
): ReadonlyMap<QubeName, Situation> {
    const situations = new Map<QubeName, Situation>();
    for (const name of names) {
        const qube = system.get(name);
        if (qube !== undefined) {
            situations.set(name, situationOf(qube, placements, visits));
        }
    }
    return situations;
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
