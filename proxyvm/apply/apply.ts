// Observe, plan, carry out, and plan again: until nothing is left to do.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import { afterSteps } from '../core/after-step.ts';
import type { Assignments } from '../core/assign.ts';
import type { ObservedState } from '../core/observed-state.ts';
import { plan } from '../core/plan.ts';
import type { Step } from '../core/step.ts';
import { AgentFailure } from '../failure.ts';
import { StartFailure } from './start-failure.ts';

export interface ApplyDeps {
    /** What is there, seen just now. */
    readonly before: ObservedState;
    readonly observe: () => Promise<ObservedState>;
    readonly execute: (step: Step) => Promise<void>;
}

export interface Applied {
    /** The steps that were carried out. */
    readonly steps: readonly Step[];
    /** What was there before. */
    readonly before: ObservedState;
    readonly observed: ObservedState;
    readonly assignments: Assignments;
}

/** A client whose proxy does not start costs one round; then all is given. */
const maxRounds = 4;

/**
 * Makes it so. A client whose proxy does not start is closed, or goes on
 * with what it had if that lets through nothing more; the others are served.
 * With an obstacle no proxy is started at all, and the same holds for all.
 * Any other failure ends it, with the doors as the last step left them.
 */
export async function apply(
    { before, observe, execute }: ApplyDeps,
    clients: readonly DesiredClient[],
    obstacle: string | null = null,
): Promise<Applied> {
    const steps: Step[] = [];
    const failures = new Map<string, string>();
    let observed = before;
    for (let round = 0; round < maxRounds; round += 1) {
        const obstacles = { all: obstacle, each: failures };
        const planned = plan(clients, observed, obstacles);
        if (planned.steps.length === 0) {
            const { assignments } = planned;
            return { steps, before, observed, assignments };
        }
        const { done, failure } = await carryOut(planned.steps, execute);
        steps.push(...done);
        for (const { client, proxy } of planned.assignments.clients) {
            if (failure !== null && proxy && failure.uids.includes(proxy.uid)) {
                failures.set(client.uuid, failure.message);
            }
        }
        const after = failure === null ? afterSteps(observed, done) : null;
        observed = after ?? (await observe());
    }
    throw new AgentFailure('apply', 'it does not settle: see the journal');
}

interface Outcome {
    readonly done: readonly Step[];
    /** Why not all are done. */
    readonly failure: StartFailure | null;
}

async function carryOut(
    steps: readonly Step[],
    execute: ApplyDeps['execute'],
): Promise<Outcome> {
    const done: Step[] = [];
    try {
        for (const step of steps) {
            await execute(step);
            done.push(step);
        }
        return { done, failure: null };
    } catch (error) {
        if (!(error instanceof StartFailure)) {
            throw error;
        }
        return { done, failure: error };
    }
}
