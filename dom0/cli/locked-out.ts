// A locked qube without rules, or a stopped one: no proxy answers it, and
// nothing else does.
import type { Firewall } from '../adapters/firewall.ts';
import type { CommandDeps } from '../command-deps.ts';
import type { Qube } from '../core/qube.ts';
import type { Effect } from './effect.ts';
import { formatAroundAll, nameExceptions } from './format/way-around.ts';
import { withDetails } from './output.ts';
import { aroundAll, type QubeAround } from './way-around.ts';

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
    return all.flatMap((each) => {
        const line = describeLockedIn(each);
        const { name } = each.qube;
        const todo = `to let it out again: qvm-filterproxy unlock ${name}`;
        return line === null ? [] : withDetails(line, [todo]);
    });
}

/**
 * Of stopped qubes: what they reach all the same, or that it is nothing. Nobody
 * knows that of those whose proxy may still run.
 */
export async function formatStillOpen(
    { firewall }: CommandDeps,
    { situations, view }: Effect,
): Promise<string[]> {
    const qubes = [...situations.keys()].flatMap(
        (name) => view.system.get(name) ?? [],
    );
    const all = await aroundAll(firewall, qubes);
    const locked = all
        .filter(({ qube }) => situations.get(qube.name)?.kind !== 'unknown')
        .flatMap((each) => describeLockedIn(each) ?? []);
    return [...locked, ...formatAroundAll(all)];
}

/** Null if it is not locked. */
function describeLockedIn({ qube, around }: QubeAround): string | null {
    if (around.kind === 'unknown' || !around.locked) {
        return null;
    }
    const what =
        around.kind === 'exceptions'
            ? `${nameExceptions(around)} only`
            : 'nothing at all';
    return `${qube.name} is locked, so it reaches ${what}`;
}
