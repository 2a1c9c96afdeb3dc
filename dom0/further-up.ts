import type { QubeName } from '../shared/domain/qube-name.ts';
import type { CallAgent } from './adapters/agent.ts';
import { isRunning, netvmsAbove, type System } from './core/qube.ts';

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
