import { askAll, askForHalted } from '../ask.ts';
import type { Qube } from '../core/qube.ts';
import { type Situation, situationsOf } from '../core/situation.ts';
import type { Deps } from '../deps.ts';
import type { View } from '../view.ts';

/** What holds for qubes now, or will once they run, as their ProxyVMs tell it. */
export async function situationsNow(
    deps: Deps,
    view: View,
    qubes: readonly Qube[],
): Promise<ReadonlyMap<Qube['name'], Situation>> {
    const names = qubes.map(({ name }) => name);
    const served = names.flatMap((name) => {
        const placement = view.placements.get(name);
        return placement?.kind === 'served' ? [placement.proxyvm] : [];
    });
    const visits = await askAll(deps, view, [...new Set(served)]);
    const asked = await askForHalted(deps, view, names, visits);
    return situationsOf(qubes, view.placements, [...visits, ...asked]);
}
