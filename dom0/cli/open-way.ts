import { hasProxy } from '../core/judge-situation.ts';
import type { Qube } from '../core/qube.ts';
import type { Deps } from '../deps.ts';
import type { Effect } from './effect.ts';
import { formatAround } from './format/way-around.ts';
import { type Around, aroundOf } from './way-around.ts';

/** A qube's way around its proxy, and what to say of it if it has one. */
export async function openWay(
    deps: Deps,
    qube: Qube,
    { situations }: Effect,
): Promise<{ readonly around: Around; readonly open: readonly string[] }> {
    const around = await aroundOf(deps.firewall, qube);
    const situation = situations.get(qube.name);
    const isAnswered = situation !== undefined && hasProxy(situation);
    return { around, open: isAnswered ? formatAround(qube, around) : [] };
}
