// Qubes with one address: Qubes checks none for uniqueness.
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { type Qube, qubesBehind, type System } from './qube.ts';

export interface Sharing {
    readonly address: Ip4 | Ip6;
    readonly others: readonly QubeName[];
}

/**
 * Those behind the qube's netvm that have an address of the qube as well, the
 * netvm included, whether they run or not.
 */
export function sharingOf(system: System, qube: Qube): Sharing[] {
    if (qube.netvm === null) {
        return [];
    }
    const netvm = system.get(qube.netvm);
    const neighbours = [
        ...(netvm === undefined ? [] : [netvm]),
        ...qubesBehind(system, qube.netvm),
    ].filter(({ name }) => name !== qube.name);
    return sharingAmong(neighbours, qube);
}

/** Those of the neighbours that have an address of the qube as well. */
export function sharingAmong(
    neighbours: readonly Qube[],
    qube: Qube,
): Sharing[] {
    return [qube.ip4, qube.ip6].flatMap((address) => {
        const others = neighbours
            .filter(({ ip4, ip6 }) => ip4 === address || ip6 === address)
            .map(({ name }) => name);
        return address === null || others.length === 0
            ? []
            : [{ address, others }];
    });
}
