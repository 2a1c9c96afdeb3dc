// A locked qube without rules, or a stopped one: no proxy answers it, and
// nothing else does.
import type { Firewall } from '../adapters/firewall.ts';
import type { CommandDeps } from '../command-deps.ts';
import type { Qube } from '../core/qube.ts';
import { inParallel } from '../in-parallel.ts';
import type { Effect } from './effect.ts';
import { formatAroundAll, nameExceptions } from './format/way-around.ts';
import { withDetails } from './output.ts';
import { type Around, aroundOf } from './way-around.ts';

/** Those that a change leaves so, and how to let them out again. */
export async function formatLockedOut(
    deps: CommandDeps,
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
    const all = await aroundAll(firewall, qubes);
    return all.flatMap(({ qube, around }) => {
        const line = describeLockedIn(qube, around);
        const todo = `to let it out again: qvm-filterproxy unlock ${qube.name}`;
        return line === null ? [] : withDetails(line, [todo]);
    });
}

/** Of stopped qubes: what they reach all the same, or that it is nothing. */
export async function formatStillOpen(
    firewall: Firewall,
    qubes: readonly Qube[],
): Promise<string[]> {
    const all = await aroundAll(firewall, qubes);
    const locked = all.flatMap(
        ({ qube, around }) => describeLockedIn(qube, around) ?? [],
    );
    return [...locked, ...formatAroundAll(all)];
}

function aroundAll(firewall: Firewall, qubes: readonly Qube[]) {
    return inParallel(qubes, async (qube) => ({
        qube,
        around: await aroundOf(firewall, qube),
    }));
}

/** Null if it is not locked. */
function describeLockedIn({ name }: Qube, around: Around): string | null {
    if (around.kind === 'unknown' || !around.locked) {
        return null;
    }
    const what =
        around.kind === 'exceptions'
            ? `${nameExceptions(around)} only`
            : 'nothing at all';
    return `${name} is locked, so it reaches ${what}`;
}
