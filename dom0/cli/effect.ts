// What came of telling ProxyVMs something, or of asking what they would do.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { askForHalted } from '../ask.ts';
import type { Learner } from '../core/learning.ts';
import type { Qube } from '../core/qube.ts';
import { type Situation, situationOf, type Visit } from '../core/situation.ts';
import { unlessUnsure } from '../core/unsure.ts';
import type { Deps } from '../deps.ts';
import type { View } from '../view.ts';
import { learnerOf } from './learner-of.ts';

export interface Effect {
    readonly view: View;
    readonly visits: readonly Visit[];
    /** Of each qube that it is about. */
    readonly situations: ReadonlyMap<QubeName, Situation>;
    /** Those of them that learn, so that their rules keep nothing from them. */
    readonly learners: ReadonlyMap<QubeName, Learner>;
}

/** What holds for some qubes after those visits. */
export async function effectOf(
    deps: Deps,
    view: View,
    qubes: readonly Qube[],
    visits: readonly Visit[],
): Promise<Effect> {
    const names = qubes.map((qube) => qube.name);
    const asked = await askForHalted(deps, view, names, visits);
    const heard = [...visits, ...asked];
    // Whom a ProxyVM does not serve any more is not in its note by now.
    const told = await deps.told.readAnyway();
    const situations = new Map(
        qubes.map((qube) => {
            const { name } = qube;
            const situation = situationOf(qube, view.placements, heard);
            return [name, unlessUnsure(name, situation, heard, told)];
        }),
    );
    const learners = new Map(
        qubes.flatMap((qube) => {
            const learner = learnerOf(view, qube);
            return learner === null ? [] : [[qube.name, learner] as const];
        }),
    );
    return { view, visits, situations, learners };
}
