// An upstream that is a client of this ProxyVM, or the ProxyVM itself: what
// goes there would be let through by somebody else's rules, or by none.
import {
    addressesOf,
    type DesiredClient,
    type Filter,
} from '../../shared/protocol/desired-state.ts';
import { isNextProxy } from '../../shared/protocol/route.ts';
import type { Attached } from './attached.ts';

/**
 * Why that filter cannot be served here; null if it can. nftables refuses the
 * ProxyVM's other addresses as well, but has no words.
 */
export function whyLocalUpstream(
    { upstreams }: Filter,
    clients: readonly DesiredClient[],
    attached: readonly Attached[],
): string | null {
    const own = clients.flatMap(({ ip4 }) => ip4?.gateway ?? []);
    const theirs = [
        ...clients.flatMap(addressesOf),
        ...attached.map(({ address }) => address),
    ];
    for (const { address, port } of upstreams.filter(isNextProxy)) {
        const upstream = `its upstream ${address}:${port}`;
        if (own.includes(address)) {
            return `${upstream} is this ProxyVM itself`;
        }
        if (theirs.includes(address)) {
            return `${upstream} is a client of this ProxyVM`;
        }
    }
    return null;
}
