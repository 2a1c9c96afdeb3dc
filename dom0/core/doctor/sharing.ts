// Qubes behind one netvm with one address, whether they run or not.
import { type Qube, qubesBehind, type System } from '../qube.ts';
import type { Sharing } from './examine-client.ts';

/** Those that have an address of the qube as well, the netvm included. */
export function sharingOf(system: System, qube: Qube): Sharing[] {
    if (qube.netvm === null) {
        return [];
    }
    const netvm = system.get(qube.netvm);
    const neighbours = [
        ...(netvm === undefined ? [] : [netvm]),
        ...qubesBehind(system, qube.netvm),
    ].filter(({ name }) => name !== qube.name);
    return [qube.ip4, qube.ip6].flatMap((address) => {
        const others = neighbours
            .filter(({ ip4, ip6 }) => ip4 === address || ip6 === address)
            .map(({ name }) => name);
        return address === null || others.length === 0
            ? []
            : [{ address, others }];
    });
}
