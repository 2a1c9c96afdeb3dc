import type { Qube } from '../core/qube.ts';
import type { Deps } from '../deps.ts';
import { lookUnderLock, type Seen } from '../look-under-lock.ts';
import { expectClient, parseTypedName } from './resolve-qube.ts';

interface Typed {
    readonly qube: string;
    readonly dryRun: boolean;
}

/** Looks, for a command that changes the rules of the qube that was typed. */
export function lookFor<T>(
    deps: Deps,
    { qube, dryRun }: Typed,
    action: (qube: Qube, seen: Seen) => Promise<T>,
): Promise<T> {
    const name = parseTypedName(qube);
    return lookUnderLock(deps, { qube: name, isTrial: dryRun }, async (seen) =>
        action(expectClient(name, seen.view.system.get(name)), seen),
    );
}
