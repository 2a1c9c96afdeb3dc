// Does the steps of `setup`, and takes them back if one fails.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { ToolProblem } from './adapters/tool.ts';
import type { CommandDeps } from './command-deps.ts';
import {
    type Change,
    changesToUndo,
    isOurs,
    type Step,
} from './core/setup/step.ts';
import { Failure } from './failure.ts';

/** Why a setup was not done, and what became of what was. */
export interface FailedSetup {
    readonly why: string;
    /** Taken back, in this order. */
    readonly undone: readonly Change[];
    /** Still there, in the order in which it is to be taken back. */
    readonly left: readonly Change[];
    /** What was in the way of that. */
    readonly troubles: readonly string[];
}

/**
 * Does one step after the other; null if all are done. `signal` ends it after
 * the step that is under way.
 */
export async function runSetup(
    deps: CommandDeps,
    steps: readonly Step[],
    signal: AbortSignal,
): Promise<FailedSetup | null> {
    const begun: Change[] = [];
    const foreign: Change[] = [];
    for (const step of steps) {
        const problem = await withProgress(deps, step.qube, doing(step), () =>
            step.kind === 'check'
                ? check(deps, step.qube)
                : deps.qubeSetup.run(step.command),
        );
        if (step.kind === 'change') {
            const isBegun = problem === null || isOurs(step, problem.exitCode);
            (isBegun ? begun : foreign).push(step);
        }
        // What an interrupt ends, such as a check, fails by that.
        const why = signal.aborted ? interrupted : problem?.message;
        if (why !== undefined) {
            return { why, ...(await undo(deps, begun, foreign)) };
        }
    }
    return null;
}

const interrupted = 'it was interrupted';

/** A client is not moved behind a qube that could not serve it. */
async function check(
    { callAgent }: CommandDeps,
    proxyvm: QubeName,
): Promise<ToolProblem | null> {
    const result = await callAgent(proxyvm, 'status', null);
    return result.ok
        ? null
        : { exitCode: null, message: `${proxyvm}: ${result.error.message}` };
}

/** Each is tried: what fails keeps none of the others. */
async function undo(
    deps: CommandDeps,
    begun: readonly Change[],
    foreign: readonly Change[],
): Promise<Omit<FailedSetup, 'why'>> {
    const undone: Change[] = [];
    const left: Change[] = [];
    const troubles: string[] = [];
    try {
        const system = await deps.inventory.all();
        for (const change of changesToUndo(begun, system)) {
            const problem = await withProgress(
                deps,
                change.qube,
                'taking back',
                () => deps.qubeSetup.run(change.undo),
            );
            (problem === null ? undone : left).push(change);
            troubles.push(...(problem === null ? [] : [problem.message]));
        }
        left.push(...changesToUndo(foreign, system));
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        // Nobody knows what is there: all of it may be.
        left.push(...begun.toReversed());
        troubles.push(error.message);
    }
    return { undone, left, troubles };
}

async function withProgress<T>(
    { progress }: CommandDeps,
    qube: QubeName,
    doing: string,
    action: () => Promise<T>,
): Promise<T> {
    const done = progress.begin(doing, [qube]);
    try {
        return await action();
    } finally {
        done(qube);
    }
}

/** What is going on, for the one who waits. */
function doing(step: Step): string {
    if (step.kind === 'check') {
        return 'asking';
    }
    switch (step.effect.kind) {
        case 'exists':
            return 'making';
        case 'runs':
            return 'starting';
        case 'has-netvm':
            return 'moving';
    }
}
