// Which ProxyVMs have to be told.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Placement, Placements } from './place.ts';

/**
 * For each ProxyVM that was told something in this boot of dom0, the clients
 * that it was told to serve; none: nobody knows whom, as what was noted of it
 * is not understood.
 */
export type Told = ReadonlyMap<QubeName, readonly QubeName[]>;

/**
 * The ProxyVMs that serve one of those qubes, or were told to: the one that
 * a qube was moved away from has to hear of it too. And those that serve
 * anybody whom they should not any more, whatever made it so: an address
 * that another qube took, a shutdown that nobody told. Of whom nobody knows
 * whom they serve, it may be anybody.
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
        const isStale = (client: QubeName) =>
            qubes.has(client) || !isServedBy(proxyvm, placements.get(client));
        if (clients.length === 0 || clients.some(isStale)) {
            concerned.add(proxyvm);
        }
    }
    return [...concerned].sort();
}

function isServedBy(
    proxyvm: QubeName,
    placement: Placement | undefined,
): boolean {
    return placement?.kind === 'served' && placement.proxyvm === proxyvm;
}
