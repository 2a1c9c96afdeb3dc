// Observe, plan, carry out, and plan again: until nothing is left to do.
import type { DesiredClient } from '../../shared/protocol/desired-state.ts';
import { afterStep } from '../core/after-step.ts';
import type { Assignments } from '../core/assign.ts';
import type { ObservedState } from '../core/observed-state.ts';
import { type Planned, plan } from '../core/plan.ts';
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
        const after = await carryOut(
            planned,
            { observed, execute },
            steps,
            failures,
        );
        observed = after ?? (await observe());
    }
    throw new AgentFailure('apply', 'it does not settle: see the journal');
}

interface Start {
    readonly observed: ObservedState;
    readonly execute: ApplyDeps['execute'];
}

/** What is there then; null if it is not certain, and one has to look. */
async function carryOut(
    { steps, assignments }: Planned,
    { observed, execute }: Start,
    done: Step[],
    failures: Map<string, string>,
): Promise<ObservedState | null> {
    let after: ObservedState | null = observed;
    for (const step of steps) {
        try {
            await execute(step);
            done.push(step);
            after = after && afterStep(after, step);
        } catch (error) {
            if (!(error instanceof StartFailure)) {
                throw error;
            }
            for (const { client, proxy } of assignments.clients) {
                if (proxy && error.uids.includes(proxy.uid)) {
                    failures.set(client.uuid, error.message);
                }
            }
            return null;
        }
    }
    return after;
}
