// A locked qube without rules: no proxy answers it, and nothing else does.
import type { Firewall } from '../adapters/firewall.ts';
import type { Qube } from '../core/qube.ts';
import type { Deps } from '../deps.ts';
import { inParallel } from '../in-parallel.ts';
import { nameExceptions } from './format/way-around.ts';
import { withDetails } from './output.ts';
import type { Effect } from './put-in-force.ts';
import { aroundOf } from './way-around.ts';

/** Those that a change leaves so, and how to let them out again. */
export async function formatLockedOut(
    deps: Deps,
    { situations, view }: Effect,
): Promise<string[]> {
    const qubes = [...situations].flatMap(([name, { kind }]) => {
        const qube = view.system.get(name);
        return kind === 'no-rules' && qube !== undefined ? [qube] : [];
    });
    return formatLocked(deps.firewall, qubes);
}

/** Of qubes without rules, those that are locked. */
export async function formatLocked(
    firewall: Firewall,
    qubes: readonly Qube[],
): Promise<string[]> {
    const lines = await inParallel(qubes, async (qube) => {
        const around = await aroundOf(firewall, qube);
        if (around.kind === 'unknown' || !around.locked) {
            return [];
        }
        const what =
            around.kind === 'exceptions'
                ? `${nameExceptions(around)} only`
                : 'nothing at all';
        return withDetails(`${qube.name} is locked, so it reaches ${what}`, [
            `to let it out again: qvm-filterproxy unlock ${qube.name}`,
        ]);
    });
    return lines.flat();
}
