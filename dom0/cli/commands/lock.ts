// `lock` makes the proxy a qube's only way out, `unlock` takes that back:
// one rule in its Qubes firewall, seen in qvm-firewall as any other.
import type { CommandDeps } from '../../command-deps.ts';
import { hasProxy } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import type { Situation } from '../../core/situation.ts';
import { inParallel } from '../../in-parallel.ts';
import { look, type View } from '../../view.ts';
import { affectedBy } from '../affected.ts';
import { checkChoice, chooseQubes, describeNobody } from '../choose-qubes.ts';
import { learningJson, noteLearning } from '../format/learning.ts';
import {
    describeHang,
    describeLeftOut,
    describeLock,
    describeUnlock,
    notesOn,
} from '../format/lock.ts';
import { learnerOf } from '../learner-of.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { situationsNow } from '../situations-now.ts';
import { type Changed, type LockArguments, lockQube } from './lock-qube.ts';

/** Locks or unlocks qubes; one that fails does not keep the others. */
export async function lock(
    deps: CommandDeps,
    args: LockArguments,
): Promise<Output> {
    checkChoice(args);
    const view = await look(deps);
    const chosen = targetsOf(args, view);
    const isLeftOut = ({ providesNetwork }: Qube) =>
        args.all && args.command === 'lock' && providesNetwork;
    const qubes = chosen.filter((qube) => !isLeftOut(qube));
    const leftOut = describeLeftOut(chosen.filter(isLeftOut));
    // Who is to be locked waits for no ProxyVM: those are asked after that.
    const attempts = await inParallel(qubes, (qube) =>
        lockQube(deps, view, qube, args),
    );
    const locked = attempts.filter(isChanged).map(({ qube }) => qube);
    const situations = await situationsNow(
        deps,
        view,
        args.command === 'lock' ? locked : [],
    );
    const outputs = attempts.map((attempt) =>
        isChanged(attempt)
            ? describe(attempt, args, view, situations.get(attempt.qube.name))
            : attempt,
    );
    return {
        lines: [
            ...(qubes.length === 0 ? [describeNobody(args)] : []),
            ...outputs.flatMap((output) => output.lines),
            ...leftOut,
        ],
        warnings: outputs.flatMap((output) => output.warnings),
        json: {
            version: jsonVersion,
            command: args.command,
            dryRun: args.dryRun,
            qubes: outputs.map((output) => output.json),
        },
        failed: outputs.some((output) => output.failed),
    };
}

/**
 * With a disposable template its disposables: they had its rules once, when they
 * were made, which may be long before they are used (R4.3 preloads some).
 */
function targetsOf(args: LockArguments, view: View): Qube[] {
    const chosen = chooseQubes(args, view);
    return args.all ? chosen : affectedBy(chosen, view.system);
}

function isChanged(attempt: Changed | Output): attempt is Changed {
    return 'qube' in attempt;
}

function describe(
    { qube, isNew, around }: Changed,
    { command }: LockArguments,
    view: View,
    situation: Situation | undefined,
): Output {
    const learner = learnerOf(view, qube);
    const lines =
        situation === undefined
            ? [describeUnlock(qube.name, isNew, around)]
            : [
                  describeLock(isNew, around, hasProxy(situation)),
                  ...(isNew ? describeHang(qube, hasProxy(situation)) : []),
                  ...noteLearning(qube.name, learner, view.moment, situation),
              ];
    const [line = '', ...details] = [...lines, ...notesOn(qube, command)];
    return {
        lines: withDetails(`${qube.name}: ${line}`, details),
        warnings: [],
        json: {
            qube: qube.name,
            changed: isNew,
            learning: learningJson(learner),
            wayAround: around,
        },
        failed: false,
    };
}
