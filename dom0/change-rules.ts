// A change to one rule file: read, edited and written under one lock.
import { err, ok, type Result } from '../shared/result.ts';
import type { FileProblem } from './core/file-problem.ts';
import type { Qube } from './core/qube.ts';
import {
    parseRuleText,
    type RuleFile,
    ruleFilePath,
} from './core/rule-file.ts';
import { hasRules, type KnownFile } from './core/rule-files.ts';
import type { Deps } from './deps.ts';
import { withRuleLock } from './rule-lock.ts';

/** Why a file is not changed. */
export type Refusal =
    | { readonly kind: 'file-error'; readonly problems: readonly FileProblem[] }
    | { readonly kind: 'foreign-file' }
    | { readonly kind: 'edit'; readonly message: string };

type NewText<Note> = Result<
    { readonly text: string; readonly note: Note },
    string
>;

/** The new text of a file and what there is to say of it, or a refusal. */
export type Edit<Note> = (
    file: RuleFile,
) => NewText<Note> | Promise<NewText<Note>>;

export interface Edited<Note> {
    readonly file: KnownFile;
    readonly note: Note;
}

/**
 * The file of a qube as an edit makes it; written, and recorded as that
 * qube's, unless it is a trial. A file with an error, or one of another qube
 * that had this name, is not touched. `afterwards` is done, under the same
 * lock, when the file is written.
 */
export async function changeRules<Note>(
    deps: Deps,
    owner: Qube,
    edit: Edit<Note>,
    isTrial: boolean,
    afterwards: (note: Note) => Promise<void> = async () => undefined,
): Promise<Result<Edited<Note>, Refusal>> {
    if (isTrial) {
        return tryEdit(await deps.rules.read(owner.name), owner, edit);
    }
    return withRuleLock(deps, async () => {
        const before = await deps.rules.read(owner.name);
        const edited = await tryEdit(before, owner, edit);
        if (edited.ok) {
            await store(deps, owner, before, edited.value.file);
            await afterwards(edited.value.note);
        }
        return edited;
    });
}

async function tryEdit<Note>(
    before: KnownFile,
    owner: Qube,
    edit: Edit<Note>,
): Promise<Result<Edited<Note>, Refusal>> {
    const isOfAnother = before.owner !== null && before.owner !== owner.uuid;
    if (isOfAnother && hasRules(before)) {
        return err({ kind: 'foreign-file' });
    }
    if (!before.content.ok) {
        return err({ kind: 'file-error', problems: before.content.error });
    }
    const edited = await edit(before.content.value);
    if (!edited.ok) {
        return err({ kind: 'edit', message: edited.error });
    }
    const { text, note } = edited.value;
    const content = parseRuleText(ruleFilePath(owner.name), text);
    return content.ok
        ? ok({ file: { content, owner: owner.uuid }, note })
        : err({ kind: 'file-error', problems: content.error });
}

/** The owner first: rules without one are those of whoever has the name. */
async function store(
    deps: Deps,
    owner: Qube,
    before: KnownFile,
    after: KnownFile,
): Promise<void> {
    if (before.owner !== owner.uuid) {
        await deps.rules.recordOwner(owner.name, owner.uuid);
    }
    const oldText = before.content.ok ? before.content.value.text : null;
    if (after.content.ok && after.content.value.text !== oldText) {
        await deps.rules.write(owner.name, after.content.value.text);
    }
}
