// What systemd has the agent do between calls of dom0: see systemd/.
import type { RunCommand } from '../shared/io/run-command.ts';
import { execute } from './apply/executors.ts';
import { withLock } from './apply/lock.ts';
import type { ObservedState } from './core/observed-state.ts';
import { planEnd, planResolvers } from './core/plan-upkeep.ts';
import type { ProxyUid } from './core/proxy-uid.ts';
import type { Plan } from './core/step.ts';
import { observe } from './observe/observe.ts';

/** Proxies may ask the resolvers that resolv.conf names now. */
export async function updateResolvers(run: RunCommand): Promise<void> {
    await carryOut(run, planResolvers);
}

/** Ends a proxy that has drained, and all that it was allowed. */
export async function endDrained(
    run: RunCommand,
    uid: ProxyUid,
): Promise<void> {
    await carryOut(run, (observed) => planEnd(uid, observed));
}

async function carryOut(
    run: RunCommand,
    planFor: (observed: ObservedState) => Plan,
): Promise<void> {
    const tools = { run, tinyproxy: null, countEnded: () => undefined };
    await withLock(run, async () => {
        for (const step of planFor(await observe(run))) {
            await execute(tools, step);
        }
    });
}
