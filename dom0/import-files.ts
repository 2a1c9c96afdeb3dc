// Writes the files of an import, all under one lock.
import type { PlannedFile } from './core/import/planned-file.ts';
import { isForeign } from './core/rule-files.ts';
import type { Deps } from './deps.ts';
import { changeFile } from './history.ts';
import { withRuleLock } from './rule-lock.ts';
import type { View } from './view.ts';

/** What an import would do to a file. */
export type Fate =
    | 'new'
    /** It is there already, just so. */
    | 'same'
    /** Another one is in its place. */
    | 'taken'
    /** One of an earlier qube of that name is. */
    | 'foreign';

/** What would become of each file now. */
export async function fatesOf(
    deps: Deps,
    view: View,
    files: readonly PlannedFile[],
): Promise<ReadonlyMap<PlannedFile, Fate>> {
    const fates = await Promise.all(
        files.map(
            async (file) => [file, await fateOf(deps, view, file)] as const,
        ),
    );
    return new Map(fates);
}

async function fateOf(
    { rules }: Deps,
    { system }: View,
    { path, file, owner }: PlannedFile,
): Promise<Fate> {
    if (
        owner !== null &&
        isForeign(await rules.read(owner.name), owner.name, system)
    ) {
        return 'foreign';
    }
    const there = await rules.readFile(path);
    if (there?.ok && there.value.text === file.text) {
        return 'same';
    }
    const isEmpty =
        there === null || (there.ok && there.value.text.trim() === '');
    return isEmpty ? 'new' : 'taken';
}

/**
 * Writes them, unless one of them must not be: then none is written. Files in
 * the way are replaced only if that is said.
 */
export function importFiles(
    deps: Deps,
    view: View,
    files: readonly PlannedFile[],
    isReplacing: boolean,
): Promise<{
    readonly fates: ReadonlyMap<PlannedFile, Fate>;
    readonly isDone: boolean;
}> {
    return withRuleLock(deps, async () => {
        const fates = await fatesOf(deps, view, files);
        if (isHindered(fates, isReplacing)) {
            return { fates, isDone: false };
        }
        for (const [{ path, file, owner }, fate] of fates) {
            const uuid = owner?.uuid ?? null;
            const planned = { path, owner: uuid, command: 'import' };
            await changeFile(deps, planned, file.text, async () => {
                // The owner first: rules without one are whoever's has the
                // name.
                if (owner !== null) {
                    await deps.rules.recordOwner(owner.name, owner.uuid);
                }
                if (fate !== 'same') {
                    await deps.rules.writeFile(path, file.text);
                }
            });
        }
        return { fates, isDone: true };
    });
}

/** Whether a file is in the way that must not go. */
export function isHindered(
    fates: ReadonlyMap<PlannedFile, Fate>,
    isReplacing: boolean,
): boolean {
    return [...fates.values()].some(
        (fate) => fate === 'foreign' || (fate === 'taken' && !isReplacing),
    );
}
