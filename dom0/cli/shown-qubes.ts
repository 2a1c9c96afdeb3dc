// What `show` has to know of each qube.
import { askForHalted } from '../ask.ts';
import type { CommandDeps } from '../command-deps.ts';
import type { Told } from '../core/concerned.ts';
import { allRules, rulesOf } from '../core/effective-rules.ts';
import type { Qube } from '../core/qube.ts';
import { defaultSettings } from '../core/settings/filter-settings.ts';
import {
    situationOf,
    situationOfNamed,
    type Visit,
} from '../core/situation.ts';
import { unlessUnsure } from '../core/unsure.ts';
import { inParallel } from '../in-parallel.ts';
import type { View } from '../view.ts';
import type { ShownClient } from './format/show.ts';
import { learnerOf } from './learner-of.ts';
import { aroundOf } from './way-around.ts';

export async function shownQubes(
    deps: CommandDeps,
    view: View,
    qubes: readonly Qube[],
    visits: readonly Visit[],
    told: Told,
): Promise<ShownClient[]> {
    const names = qubes.map((qube) => qube.name);
    const asked = await askForHalted(deps, view, names, visits);
    const heard = [...visits, ...asked];
    return inParallel(qubes, async (qube) => {
        const rules = rulesOf(view, qube);
        const situation = situationOf(qube, view.placements, heard);
        return {
            qube,
            situation: situationOfNamed(
                qube,
                unlessUnsure(qube.name, situation, heard, told),
            ),
            default: rules?.ok ? rules.value.default : null,
            rules: rules?.ok ? allRules(rules.value) : [],
            moment: view.moment,
            settings: rules?.ok ? rules.value.settings : defaultSettings,
            learner: learnerOf(view, qube),
            around: await aroundOf(deps.firewall, qube),
        };
    });
}
