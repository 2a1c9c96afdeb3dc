// What follows on a changed rule file: the ProxyVMs that it concerns are
// told, or only asked what they would do.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { concernedProxyvms } from '../core/concerned.ts';
import { type Qube, usersOfFile } from '../core/qube.ts';
import type { KnownFile } from '../core/rule-files.ts';
import { type Situation, situationOf, type Visit } from '../core/situation.ts';
import type { Deps } from '../deps.ts';
import { type View, withFiles } from '../view.ts';
import { previewAll, visitAll } from '../walk.ts';

export interface Effect {
    readonly view: View;
    readonly visits: readonly Visit[];
    /** Of each qube that uses the file. */
    readonly situations: ReadonlyMap<QubeName, Situation>;
}

/** Puts a qube's rule file in force for all qubes that use it. */
export async function putInForce(
    deps: Deps,
    before: View,
    owner: Qube,
    file: KnownFile,
    isTrial: boolean,
): Promise<Effect> {
    const files = new Map(before.files).set(owner.name, file);
    const view = withFiles(before, files);
    const users = usersOfFile(view.system, owner.name);
    const names = new Set(users.map((user) => user.name));
    const told = await deps.told.read();
    const proxyvms = concernedProxyvms(names, view.placements, told);
    const visits = await (isTrial
        ? previewAll(deps, view, proxyvms)
        : visitAll(deps, proxyvms));
    const situations = new Map(
        users.map((user) => [
            user.name,
            situationOf(user, view.placements, visits),
        ]),
    );
    return { view, visits, situations };
}
