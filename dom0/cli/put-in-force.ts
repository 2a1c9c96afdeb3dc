// What follows on changed rule files: the ProxyVMs that it concerns are told,
// or only asked what they would do.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { concernedProxyvms } from '../core/concerned.ts';
import { filesFor } from '../core/concerning-files.ts';
import { type Qube, usersOfFile } from '../core/qube.ts';
import type { KnownFile } from '../core/rule-files.ts';
import type { Deps } from '../deps.ts';
import { tell } from '../tell.ts';
import { type View, withFiles } from '../view.ts';
import { noLocks, type VisitLocks } from '../visit-locks.ts';
import { type Effect, effectOf } from './effect.ts';

export interface Manner {
    /** Nothing is changed, and the ProxyVMs are asked what they would do. */
    readonly isTrial: boolean;
    /** What is open may go on by the rules of before. */
    readonly isDraining: boolean;
    /** Held since before the view. */
    readonly locks?: VisitLocks | undefined;
}

/** Puts a qube's rule file in force for all qubes that use it. */
export function putInForce(
    deps: Deps,
    before: View,
    owner: Qube,
    file: KnownFile,
    manner: Manner,
): Promise<Effect> {
    const files = new Map(before.files).set(owner.name, file);
    const view = withFiles(before, files);
    const users = usersOfFile(view.system, owner.name);
    return putInForceFor(deps, view, users, manner);
}

/** Puts files, by their paths, in force for all qubes that they concern. */
export function putFilesInForce(
    deps: Deps,
    view: View,
    paths: ReadonlySet<string>,
    manner: Manner,
): Promise<Effect> {
    const users = [...view.system.values()].filter((qube) =>
        filesFor(view, qube).some(({ file }) => paths.has(file)),
    );
    return putInForceFor(deps, view, users, manner);
}

/** Puts the rules of those qubes in force, as the view has them. */
async function putInForceFor(
    deps: Deps,
    view: View,
    users: readonly Qube[],
    { isTrial, isDraining, locks = noLocks }: Manner,
): Promise<Effect> {
    const names = new Set(users.map((user) => user.name));
    const told = await deps.told.read();
    const proxyvms = concernedProxyvms(names, view.placements, told);
    const draining = (name: QubeName) => isDraining && names.has(name);
    const exceptions = { draining };
    const visits = await tell(
        deps,
        { view, locks },
        proxyvms,
        isTrial,
        exceptions,
    );
    return effectOf(deps, view, users, visits);
}
