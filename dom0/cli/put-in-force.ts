// What follows on a changed rule file: the ProxyVMs that it concerns are
// told, or only asked what they would do.
import type { ConfinedLine } from '../../shared/pattern/index.ts';
import { previewAll } from '../ask.ts';
import { concernedProxyvms } from '../core/concerned.ts';
import { type Qube, usersOfFile } from '../core/qube.ts';
import type { KnownFile } from '../core/rule-files.ts';
import type { Deps } from '../deps.ts';
import { type View, withFiles } from '../view.ts';
import { visitAll } from '../walk.ts';
import { type Effect, effectOf, endedBy, nothingEnded } from './effect.ts';

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
    const ended = isNarrower(before.files.get(owner.name), file)
        ? endedBy(visits, users, told)
        : nothingEnded;
    return effectOf(deps, view, users, visits, ended);
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
