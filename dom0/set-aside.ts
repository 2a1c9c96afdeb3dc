// What becomes of the rule files of removed qubes: they are set aside, so
// that a new qube of the same name starts with nothing.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Uuid } from '../shared/domain/uuid.ts';
import { ruleFilePath } from './core/config-file.ts';
import type { Qube, System } from './core/qube.ts';
import type { RemovedFile } from './core/removed.ts';
import { ownersGone } from './core/rule-files.ts';
import type { Deps } from './deps.ts';
import { recordGone } from './history.ts';
import { withRuleLock } from './rule-lock.ts';

/**
 * Sets the rule file of a qube aside that is known to be removed; null if it
 * has none. One that is recorded as nobody's was that qube's. So was one of
 * which it cannot be read whose it is: of the living nobody can have it.
 */
export async function setAsideRulesOf(
    deps: Deps,
    { name, uuid, class: kind }: Pick<Qube, 'name' | 'uuid' | 'class'>,
): Promise<RemovedFile | null> {
    // A disposable has no file of its own, whatever has its name.
    if (kind === 'DispVM') {
        return null;
    }
    return withRuleLock(deps, async () => {
        const { owner } = await deps.rules.read(name);
        const isIts = owner === null || owner === uuid;
        return isIts ? setAside(deps, name, uuid) : null;
    });
}

/**
 * Sets aside all rule files that are meant and whose recorded qube is not
 * among all qubes any more: it was removed while nobody listened. Files that
 * are recorded as nobody's are left, they may be for qubes to come.
 */
export async function setAsideOrphans(
    deps: Deps,
    system: System,
    isMeant: (name: QubeName) => boolean = () => true,
): Promise<RemovedFile[]> {
    const missing = ownersGone(await deps.rules.owners(), system);
    if (!missing.some(([name]) => isMeant(name))) {
        return [];
    }
    return withRuleLock(deps, async () => {
        // In this order: an owner is recorded when its qube exists, so one
        // that is not found later is gone, and not newer than the listing.
        const owners = await deps.rules.owners();
        const gone = ownersGone(owners, await deps.inventory.all());
        const files: RemovedFile[] = [];
        for (const [name, uuid] of gone.filter(([each]) => isMeant(each))) {
            const file = await setAside(deps, name, uuid);
            files.push(...(file === null ? [] : [file]));
        }
        return files;
    });
}

/**
 * The same for the file of one name, whosoever it was, under the lock of rule
 * files. Cut short after the first step it leaves a record of no file, which
 * setAsideOrphans() forgets.
 */
export async function setAside(
    deps: Deps,
    name: QubeName,
    uuid: Uuid,
): Promise<RemovedFile | null> {
    const path = ruleFilePath(name);
    const before = await deps.history.current(path);
    const file = await deps.removed.take(name, uuid, deps.now());
    await deps.rules.forgetOwner(name);
    if (file !== null) {
        const planned = { path, owner: uuid, command: 'set aside' };
        await recordGone(deps, planned, before.ok ? before.value : null);
    }
    return file;
}
