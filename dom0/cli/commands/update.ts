import {
    hasNoNetvm,
    isSettled,
    isStopped,
} from '../../core/judge-situation.ts';
import {
    heldOf,
    type Situation,
    situationOf,
    situationOfNamed,
} from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import type { Seen } from '../../look-under-lock.ts';
import { tell } from '../../tell.ts';
import { noticesIn, problemsIn } from '../../words/files.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { type Choice, checkChoice } from '../choose-qubes.ts';
import { type Effect, effectOf } from '../effect.ts';
import { formatWider } from '../format/connections.ts';
import {
    formatFailures,
    formatPlans,
    formatVisits,
    isFailed,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import { formatKillAll } from '../format/held.ts';
import { formatLearners } from '../format/learning.ts';
import { explainSituation } from '../format/situation.ts';
import { lookForAll } from '../look-for.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { chooseProxyvms, qubesWithRules } from '../proxyvms.ts';
import { expectQube, parseTypedName } from '../resolve-qube.ts';

export interface UpdateArguments extends Options, Choice {
    readonly drain: boolean;
}

/** Brings ProxyVMs up to date with the rule files. */
export async function update(
    deps: Deps,
    args: UpdateArguments,
): Promise<Output> {
    checkChoice(args, false);
    return lookForAll(deps, args, (seen) => updateSeen(deps, args, seen));
}

async function updateSeen(
    deps: Deps,
    args: UpdateArguments,
    seen: Seen,
): Promise<Output> {
    const { view } = seen;
    const told = await deps.told.read();
    const proxyvms = chooseProxyvms(args.qubes, view, told, args.exclude);
    const exceptions = { draining: () => args.drain };
    const visits = await tell(deps, seen, proxyvms, args.dryRun, exceptions);
    const isNamed = args.qubes.length > 0;
    const isPart = isNamed || args.exclude.length > 0;
    const scope = qubesWithRules(view, isPart ? proxyvms : null);
    const effect = withUnconnected(
        await effectOf(deps, view, scope, visits),
        args.qubes,
    );
    const problems = problemsIn(view);
    const notices = noticesIn(view);
    const open = explainThose(effect, isOpen);
    const failures = formatFailures(effect, isNamed ? isFailed : isWorrying);
    const stopped = [
        ...formatWider(effect),
        ...explainThose(effect, isStopped),
        ...formatKillAll(view.stopped),
    ];
    const lines = [
        ...(args.dryRun
            ? formatPlans(visits)
            : formatVisits(effect, args.verbose)),
        ...stopped,
        ...formatLearners(effect),
    ];
    const isIdle = lines.length === 0 && proxyvms.length === 0;
    return {
        lines:
            isIdle && open.length === 0
                ? ['nothing to do: no running qube has rules']
                : lines,
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
            [...effect.situations.values()].some(isFailure),
    };
}

/** Those that were named and have no netvm: nothing else tells of them. */
function withUnconnected(
    effect: Effect,
    untrusted_names: readonly string[],
): Effect {
    const { view, situations } = effect;
    const unconnected = untrusted_names
        .map((name) => expectQube(view.system, parseTypedName(name)))
        .filter((qube) => qube.netvm === null && !qube.providesNetwork)
        .map((qube) => {
            const found = situationOf(qube, view.placements, effect.visits);
            return [qube.name, situationOfNamed(qube, found)] as const;
        });
    return { ...effect, situations: new Map([...situations, ...unconnected]) };
}

/** What holds for those qubes whose situation is such a one. */
function explainThose(
    { situations, view }: Effect,
    isSuch: (situation: Situation) => boolean,
): string[] {
    return [...situations]
        .filter(([, situation]) => isSuch(situation))
        .flatMap(([qube, situation]) => {
            const { what, todo } = explainSituation(
                qube,
                view.system,
                situation,
            );
            // How kill-all is ended is told once.
            const isOfAll = heldOf(situation)?.through === 'all';
            return withDetails(`${qube}: ${what}`, isOfAll ? [] : todo);
        });
}

/** Of running qubes, what is not in force; of others, what never will be. */
function isOpen(situation: Situation): boolean {
    return !isSettled(situation) || waitsForNetvm(situation);
}

function isFailure(situation: Situation): boolean {
    return isOpen(situation) && !hasNoNetvm(situation);
}

function waitsForNetvm(situation: Situation): boolean {
    return (
        situation.kind === 'unserved' && situation.why.kind === 'netvm-halted'
    );
}
