// What follows on a changed rule file: the ProxyVMs that it concerns are
// told, or only asked what they would do.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { ConfinedLine } from '../../shared/pattern/index.ts';
import { concernedProxyvms, type Told } from '../core/concerned.ts';
import { type Qube, usersOfFile } from '../core/qube.ts';
import type { KnownFile } from '../core/rule-files.ts';
import { type Situation, situationsOf, type Visit } from '../core/situation.ts';
import type { Deps } from '../deps.ts';
import { type View, withFiles } from '../view.ts';
import { askForHalted, previewAll, visitAll } from '../walk.ts';

export interface Effect {
    readonly view: View;
    readonly visits: readonly Visit[];
    /** Of each qube that uses the file. */
    readonly situations: ReadonlyMap<QubeName, Situation>;
    /** By ProxyVM, the qubes whose connections it had to end. */
    readonly ended: ReadonlyMap<QubeName, readonly QubeName[]>;
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
    const asked = await askForHalted(deps, view, names, visits);
    const heard = [...visits, ...asked];
    const situations = situationsOf(users, view.placements, heard);
    const ended = isNarrower(before.files.get(owner.name), file)
        ? endedBy(visits, users, told)
        : new Map();
    return { view, visits, situations, ended };
}

/** Whether something was let through that is not any more. */
function isNarrower(before: KnownFile | undefined, after: KnownFile): boolean {
    const kept = new Set(linesOf(after));
    return linesOf(before).some((line) => !kept.has(line));
}

function linesOf(file: KnownFile | undefined): ConfinedLine[] {
    return file?.content.ok
        ? file.content.value.rules.map((rule) => rule.confined)
        : [];
}

/** The running qubes that each ProxyVM had been told to serve. */
function endedBy(
    visits: readonly Visit[],
    users: readonly Qube[],
    told: Told,
): Map<QubeName, readonly QubeName[]> {
    const running = users.filter((user) => user.xid !== null);
    return new Map(
        visits.map(({ proxyvm }) => [
            proxyvm,
            running
                .map((user) => user.name)
                .filter((name) => told.get(proxyvm)?.includes(name)),
        ]),
    );
}
