import type { Qube } from '../core/qube.ts';
import type { Stopped } from '../core/stopped.ts';
import type { Deps } from '../deps.ts';
import {
    allTold,
    lookUnderLock,
    type Seen,
    toldOf,
} from '../look-under-lock.ts';
import { lookWith } from '../view.ts';
import { expectClient, parseTypedName } from './resolve-qube.ts';

interface Trial {
    readonly dryRun: boolean;
}

interface Typed extends Trial {
    readonly qube: string;
}

/** Looks, for a command that changes the rules of the qube that was typed. */
export function lookFor<T>(
    deps: Deps,
    { qube, dryRun }: Typed,
    action: (qube: Qube, seen: Seen) => Promise<T>,
): Promise<T> {
    const name = parseTypedName(qube);
    const about = { expected: toldOf([name]), isTrial: dryRun };
    return lookUnderLock(deps, about, async (seen) =>
        action(expectClient(seen.view.system, name), seen),
    );
}

/** Looks, for a command about the qubes that were typed, or about all. */
export function lookForAll<T>(
    deps: Deps,
    { qubes, dryRun }: { readonly qubes: readonly string[] } & Trial,
    action: (seen: Seen) => Promise<T>,
): Promise<T> {
    const names = qubes.map(parseTypedName);
    const expected = names.length === 0 ? allTold : toldOf(names);
    return lookUnderLock(deps, { expected, isTrial: dryRun }, action);
}

/** Looks, for a command about all qubes, as if those were stopped. */
export function lookAs<T>(
    deps: Deps,
    { dryRun }: Trial,
    stopped: Stopped,
    action: (seen: Seen) => Promise<T>,
): Promise<T> {
    const look = () => lookWith(deps, stopped);
    const about = { expected: allTold, isTrial: dryRun, look };
    return lookUnderLock(deps, about, action);
}
