// Which user id a new proxy gets.
import type { ObservedState } from './observed-state.ts';
import { allProxyUids, type ProxyUid, portOf } from './proxy-uid.ts';

/**
 * So many that nobody has now are enough to choose from. More are no use: where
 * the journal is kept on the disk each user id has a file of its own there, of
 * 8 MB and more (systemd journald-server.c, uid_for_system_journal).
 */
const enough = 16;

/**
 * The spare's, then those that nobody has had, as long as few have been given
 * back, then the longest unused: what journald allows a flooding client is counted
 * by its proxy's unit, and the next client's is not to be short of it.
 */
export function freeUids(observed: ObservedState): ProxyUid[] {
    const taken = new Set<number>(observed.proxies.map(({ uid }) => uid));
    const busy = new Set(observed.busyPorts);
    const given = new Map(observed.givenUids.map((uid, index) => [uid, index]));
    const free = allProxyUids().filter(
        (uid) => !taken.has(uid) && !busy.has(portOf(uid)),
    );
    const known = free.filter((uid) => given.has(uid));
    const rankOfOthers = known.length < enough ? -1 : observed.givenUids.length;
    const rank = (uid: ProxyUid) =>
        uid === observed.spare ? -2 : (given.get(uid) ?? rankOfOthers);
    return free.sort((one, other) => rank(one) - rank(other));
}

/** Who is to be the spare; null where there is one, or nobody to wait for. */
export function nextSpare(observed: ObservedState): ProxyUid | null {
    const isWanted = observed.table === 'ours' && observed.spare === null;
    return isWanted ? (freeUids(observed)[0] ?? null) : null;
}
