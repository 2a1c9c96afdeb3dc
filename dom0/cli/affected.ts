// Whom and what a stop, a start or a restart concerns.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { concernedProxyvms, type Told } from '../core/concerned.ts';
import {
    isRunning,
    type Qube,
    type System,
    usersOfFile,
} from '../core/qube.ts';
import type { Hold } from '../core/stopped.ts';
import { utcSeconds } from '../core/utc.ts';
import type { Deps } from '../deps.ts';
import type { View } from '../view.ts';

/** Those qubes, and the disposables that have the rules of one of them. */
export function affectedBy(qubes: readonly Qube[], system: System): Qube[] {
    const all = qubes.flatMap((qube) => [
        qube,
        ...usersOfFile(system, qube.name),
    ]);
    return [...new Set(all)];
}

/**
 * The ProxyVMs that serve them or were told to, and whatever else they are
 * attached to: what was told may have been lost.
 */
export function proxyvmsOf(
    qubes: readonly Qube[],
    { system, placements }: View,
    told: Told,
): QubeName[] {
    const names = new Set(qubes.map((qube) => qube.name));
    const netvms = qubes.flatMap(({ xid, netvm }) =>
        xid !== null && netvm !== null && isRunning(system, netvm)
            ? [netvm]
            : [],
    );
    const concerned = concernedProxyvms(names, placements, told);
    return [...new Set([...concerned, ...netvms])].sort();
}

/** A hold that begins now. */
export function holdFromNow({ now, user }: Deps): Hold {
    return { since: utcSeconds(now()), by: user() };
}
