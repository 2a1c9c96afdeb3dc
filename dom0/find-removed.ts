// What is set aside of one name, for somebody who wants it back.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { System } from './core/qube.ts';
import type { RemovedFile } from './core/removed.ts';
import { type KnownFile, ownersGone } from './core/rule-files.ts';
import { utcSeconds } from './core/utc.ts';
import type { Deps } from './deps.ts';
import { setAsideOrphans } from './set-aside.ts';

export interface Found {
    readonly file: RemovedFile;
    readonly content: KnownFile['content'];
}

/**
 * The newest file that is set aside of a name, among those whose dates begin
 * so; null if there is none.
 */
export async function findRemoved(
    deps: Deps,
    name: QubeName,
    dateStart: string,
): Promise<Found | null> {
    const { files } = await deps.removed.list();
    const file = files.find(
        (each) => each.name === name && each.date.startsWith(dateStart),
    );
    return file === undefined
        ? null
        : { file, content: await deps.removed.read(file) };
}

/** Sets a file aside, if its qube was removed unseen. */
export async function catchUp(
    deps: Deps,
    name: QubeName,
    system: System,
): Promise<void> {
    await setAsideOrphans(deps, system, (each) => each === name);
}

/** What catchUp() would set aside; null for nothing. */
export async function foreseen(
    deps: Deps,
    name: QubeName,
    system: System,
): Promise<Found | null> {
    const { owner, content } = await deps.rules.read(name);
    const owners = new Map(owner === null ? [] : [[name, owner]]);
    const [gone] = ownersGone(owners, system);
    if (gone === undefined) {
        return null;
    }
    const date = utcSeconds(deps.now());
    return { file: { name, uuid: gone[1], date }, content };
}
