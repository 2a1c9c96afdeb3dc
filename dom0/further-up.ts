import type { QubeName } from '../shared/domain/qube-name.ts';
import type { CallAgent } from './adapters/agent.ts';
import { isRunning, type System } from './core/qube.ts';

/**
 * The next ProxyVM with an agent among the netvms behind a netvm: all that
 * comes from there has that netvm's address, so it can tell no qube apart.
 */
export async function agentFurtherUp(
    callAgent: CallAgent,
    system: System,
    netvm: QubeName,
): Promise<QubeName | null> {
    for (const above of netvmsAbove(system, netvm)) {
        const isAsked = isRunning(system, above);
        if (isAsked && (await callAgent(above, 'status', null)).ok) {
            return above;
        }
    }
    return null;
}

/** Qubes refuses loops; a listing that has one ends where it closes. */
function netvmsAbove(system: System, netvm: QubeName): QubeName[] {
    const above = new Set<QubeName>();
    let next = system.get(netvm)?.netvm ?? null;
    while (next !== null && !above.has(next)) {
        above.add(next);
        next = system.get(next)?.netvm ?? null;
    }
    return [...above];
}
