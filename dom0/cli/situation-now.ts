import { askAll, askForHalted } from '../ask.ts';
import type { Qube } from '../core/qube.ts';
import { type Situation, situationOf } from '../core/situation.ts';
import type { Deps } from '../deps.ts';
import type { View } from '../view.ts';

/** What holds for a qube now, or will once it runs, as its ProxyVM tells it. */
export async function situationNow(
    deps: Deps,
    view: View,
    qube: Qube,
): Promise<Situation> {
    const placement = view.placements.get(qube.name);
    const proxyvms = placement?.kind === 'served' ? [placement.proxyvm] : [];
    const visits = await askAll(deps, view, proxyvms);
    const asked = await askForHalted(deps, view, [qube.name], visits);
    return situationOf(qube, view.placements, [...visits, ...asked]);
}
