// A change to several rule files at once, read and written under one lock.
import { qubeOfPath } from './core/history-entry.ts';
import type { Deps } from './deps.ts';
import { changeFile } from './history.ts';
import { withRuleLock } from './rule-lock.ts';
import { look, type View } from './view.ts';

/** New texts of files, by their paths, and what there is to say of them. */
export interface NewTexts<Note> {
    readonly texts: ReadonlyMap<string, string>;
    readonly note: Note;
}

export interface ChangedFiles<Note> extends NewTexts<Note> {
    readonly before: View;
}

/**
 * Rule files as an edit makes them of all that there is; written, unless it is
 * a trial. Each file is replaced as a whole, one after the other, and what was
 * typed stands in its history.
 */
export function changeFiles<Note>(
    deps: Deps,
    command: string,
    edit: (before: View) => NewTexts<Note>,
    isTrial: boolean,
): Promise<ChangedFiles<Note>> {
    const tryEdit = async () => {
        const before = await look(deps);
        return { before, ...edit(before) };
    };
    if (isTrial) {
        return tryEdit();
    }
    return withRuleLock(deps, async () => {
        const changed = await tryEdit();
        const { files } = changed.before;
        for (const [path, text] of changed.texts) {
            const name = qubeOfPath(path);
            const owner = (name && files.get(name)?.owner) ?? null;
            await changeFile(deps, { path, owner, command }, text, () =>
                deps.rules.writeFile(path, text),
            );
        }
        return changed;
    });
}
