// `learn` lets a qube reach every host for a time, and has it recorded what it
// asks for; `learn --stop` ends that before its time.
import { changeLearning } from '../../change-learning.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { isStarted } from '../../core/judge-situation.ts';
import {
    type Clocks,
    type Learning,
    withLearner,
    withoutLearner,
} from '../../core/learning.ts';
import type { Qube } from '../../core/qube.ts';
import type { Seen } from '../../look-under-lock.ts';
import { momentOf } from '../../read-moment.ts';
import { tell } from '../../tell.ts';
import { type View, withMoment } from '../../view.ts';
import { holdFromNow, proxyvmsOf } from '../affected.ts';
import { effectOf } from '../effect.ts';
import {
    describeLearned,
    describeUnlearned,
    warnStillOpen,
} from '../format/learn.ts';
import { learningJson } from '../format/learning.ts';
import { learnerOf } from '../learner-of.ts';
import { lookFor } from '../look-for.ts';
import { openWay } from '../open-way.ts';
import type { Options } from '../options.ts';
import type { Output } from '../output.ts';
import { parseDuration } from '../parse-duration.ts';
import { reportOn } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { expectLearnable } from './learnable.ts';

export interface LearnArguments extends Options {
    readonly qube: string;
    /** As typed. */
    readonly duration: string | null;
    readonly stop: boolean;
}

/** Begins to learn, or ends it. */
export async function learn(
    deps: CommandDeps,
    args: LearnArguments,
): Promise<Output> {
    const seconds = secondsOf(args);
    return lookFor(deps, args, (qube, seen) =>
        learnSeen(deps, args, { qube, seconds }, seen),
    );
}

interface Learner {
    readonly qube: Qube;
    /** Null: it is to end. */
    readonly seconds: number | null;
}

async function learnSeen(
    deps: CommandDeps,
    args: LearnArguments,
    { qube, seconds }: Learner,
    { view: before, locks }: Seen,
): Promise<Output> {
    const clocks = { ...before.moment, monotonicMs: deps.monotonicMs() };
    if (seconds !== null) {
        expectLearnable(before, qube, seconds);
    }
    const change =
        seconds === null
            ? (learning: Learning) =>
                  withoutLearner(learning, qube.uuid, before.system)
            : begin(deps, before, qube, seconds, clocks);
    const wayOf = openWay(deps, qube);
    const { after } = await changeLearning(deps, change, args.dryRun, locks);
    const view = withMoment(
        before,
        momentOf(clocks, after, before.moment.watched),
    );
    const told = await deps.told.read();
    const proxyvms = proxyvmsOf([qube], view, told);
    const seen = { view, locks };
    const visits = await tell(deps, seen, proxyvms, args.dryRun);
    const effect = await effectOf(deps, view, [qube], visits);
    const { around, open } = await wayOf(effect);
    const situation = effect.situations.get(qube.name);
    const headlines =
        seconds === null
            ? describeUnlearned(before, qube, situation, args.dryRun)
            : describeLearned(before, view, qube, situation, args.dryRun);
    const report = reportOn(effect, {
        ...args,
        command: 'learn',
        all: false,
        headlines,
        saysWhoLearns: true,
        isAsPromised: (each) => isStarted(each, false),
    });
    return {
        ...report,
        lines: [...report.lines, ...open],
        warnings: [
            ...report.warnings,
            ...(seconds === null ? warnStillOpen(before, qube, situation) : []),
        ],
        json: {
            ...report.json,
            qube: qube.name,
            learning: learningJson(learnerOf(view, qube)),
            wayAround: around,
        },
    };
}

/** Null for `--stop`. */
function secondsOf({ duration, stop }: LearnArguments): number | null {
    if (stop && duration !== null) {
        throw new UsageError('--stop: not allowed with --for');
    }
    if (!stop && duration === null) {
        throw new UsageError('say for how long: --for 30m');
    }
    return duration === null ? null : parseDuration(duration);
}

function begin(
    deps: CommandDeps,
    { system }: View,
    qube: Qube,
    seconds: number,
    clocks: Clocks,
) {
    const started = { ...holdFromNow(deps), seconds };
    return (learning: Learning) =>
        withLearner(learning, qube, started, clocks, system);
}
