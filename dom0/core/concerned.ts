// Which ProxyVMs have to be told.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Placements } from './place.ts';

/**
 * For each ProxyVM that was told something in this boot of dom0, the clients
 * that it was told to serve.
 */
export type Told = ReadonlyMap<QubeName, readonly QubeName[]>;

/**
 * The ProxyVMs that serve one of those qubes, or were told to: the one that
 * a qube was moved away from has to hear of it too.
 */
export function concernedProxyvms(
    qubes: ReadonlySet<QubeName>,
    placements: Placements,
    told: Told,
): QubeName[] {
    const concerned = new Set<QubeName>();
    for (const [name, placement] of placements) {
        if (placement.kind === 'served' && qubes.has(name)) {
            concerned.add(placement.proxyvm);
        }
    }
    for (const [proxyvm, clients] of told) {
        if (clients.some((client) => qubes.has(client))) {
            concerned.add(proxyvm);
        }
    }
    return [...concerned].sort();
}
