// What systemd has the agent do between calls of dom0: see systemd/.
import type { RunCommand } from '../shared/io/run-command.ts';
import { execute } from './apply/executors.ts';
import { withLock } from './apply/lock.ts';
import { startSpare } from './apply/spare.ts';
import { StartFailure } from './apply/start-failure.ts';
import type { Tools } from './apply/tools.ts';
import { afterSteps } from './core/after-step.ts';
import type { ObservedState } from './core/observed-state.ts';
import { planClosing, planExpiry } from './core/plan-expiry.ts';
import { planEnd, planResolvers } from './core/plan-upkeep.ts';
import type { ProxyUid } from './core/proxy-uid.ts';
import type { Plan } from './core/step.ts';
import { readClocks } from './observe/clocks.ts';
import { observe } from './observe/observe.ts';
import { observeTinyproxy } from './observe/tinyproxy.ts';

/** Proxies may ask the resolvers that resolv.conf names now. */
export async function updateResolvers(run: RunCommand): Promise<void> {
    await executePlan(run, planResolvers);
}

/** Ends a proxy that has drained, and all that it was allowed. */
export async function endDrained(
    run: RunCommand,
    uid: ProxyUid,
): Promise<void> {
    await executePlan(run, (observed) => planEnd(uid, observed));
}

/**
 * The next filter of a proxy's client holds from now on. If its proxy does
 * not start the client is closed.
 */
export async function expire(run: RunCommand, uid: ProxyUid): Promise<void> {
    await withLock(run, async () => {
        const planned = readClocks();
        const [observed, tinyproxy] = await Promise.all([
            observe(run),
            observeTinyproxy(run),
        ]);
        const version = tinyproxy.ok ? tinyproxy.value : null;
        const tools = { ...noTools, run, tinyproxy: version, planned };
        const after = await expireOrClose(tools, uid, observed);
        if (version !== null && after !== null) {
            await startSpare(run, after);
        }
    });
}

/** What is there then; null if one would have to look. */
async function expireOrClose(
    tools: Tools,
    uid: ProxyUid,
    observed: ObservedState,
): Promise<ObservedState | null> {
    try {
        return await executeAll(tools, observed, planExpiry(uid, observed));
    } catch (error) {
        if (!(error instanceof StartFailure)) {
            throw error;
        }
        console.error(`closed: ${error.message}`);
        const now = await observe(tools.run);
        return executeAll(tools, now, planClosing(uid, now));
    }
}

const noTools = { tinyproxy: null, countEnded: () => undefined };

async function executeAll(
    tools: Tools,
    before: ObservedState,
    steps: Plan,
): Promise<ObservedState | null> {
    for (const step of steps) {
        await execute(tools, step);
    }
    return afterSteps(before, steps);
}

async function executePlan(
    run: RunCommand,
    planFor: (observed: ObservedState) => Plan,
): Promise<void> {
    await withLock(run, async () => {
        const planned = readClocks();
        const observed = await observe(run);
        const tools = { ...noTools, run, planned };
        await executeAll(tools, observed, planFor(observed));
    });
}
