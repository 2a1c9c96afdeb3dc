// What came of telling ProxyVMs something, or of asking what they would do.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { askForHalted } from '../ask.ts';
import type { Told } from '../core/concerned.ts';
import type { Qube } from '../core/qube.ts';
import { type Situation, situationsOf, type Visit } from '../core/situation.ts';
import type { Deps } from '../deps.ts';
import type { View } from '../view.ts';

export interface Effect {
    readonly view: View;
    readonly visits: readonly Visit[];
    /** Of each qube that it is about. */
    readonly situations: ReadonlyMap<QubeName, Situation>;
    readonly ended: Ended;
}

/** By ProxyVM, the qubes whose connections it had to end. */
export type Ended = ReadonlyMap<QubeName, readonly QubeName[]>;

export const nothingEnded: Ended = new Map();

/** What holds for some qubes after those visits. */
export async function effectOf(
    deps: Deps,
    view: View,
    qubes: readonly Qube[],
    visits: readonly Visit[],
    ended: Ended = nothingEnded,
): Promise<Effect> {
    const names = qubes.map((qube) => qube.name);
    const asked = await askForHalted(deps, view, names, visits);
    const heard = [...visits, ...asked];
    const situations = situationsOf(qubes, view.placements, heard);
    return { view, visits, situations, ended };
}

/** The running qubes that each ProxyVM had been told to serve. */
export function endedBy(
    visits: readonly Visit[],
    users: readonly Qube[],
    told: Told,
): Ended {
    const running = users.filter((user) => user.xid !== null);
    return new Map(
        visits.map(({ proxyvm }) => [
            proxyvm,
            running
                .map((user) => user.name)
                .filter((name) => told.get(proxyvm)?.includes(name)),
        ]),
    );
}
