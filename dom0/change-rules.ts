// A change to one rule file: read, edited and written under one lock.
import type { Uuid } from '../shared/domain/uuid.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { ruleFilePath } from './core/config-file.ts';
import type { FileProblem } from './core/file-problem.ts';
import type { Qube } from './core/qube.ts';
import type { RemovedFile } from './core/removed.ts';
import {
    emptyRuleFile,
    parseRuleText,
    type RuleFile,
} from './core/rule-file.ts';
import { type KnownFile, noFile } from './core/rule-files.ts';
import { utcSeconds } from './core/utc.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { changeFile } from './history.ts';
import { withRuleLock } from './rule-lock.ts';
import { setAside } from './set-aside.ts';
import type { VisitLocks } from './visit-locks.ts';

/** Why a file is not changed. */
export type ChangeRefusal =
    | { readonly kind: 'file-error'; readonly problems: readonly FileProblem[] }
    | {
          readonly kind: 'edit';
          readonly message: string;
          /** What stands in the file is of an earlier qube of that name. */
          readonly isOfEarlier: boolean;
      };

type NewText<Note> = Result<
    { readonly text: string; readonly note: Note },
    string
>;

/** The new text of a file and what there is to say of it, or a refusal. */
export type Edit<Note> = (
    file: RuleFile,
) => NewText<Note> | Promise<NewText<Note>>;

export interface Change<Note> {
    /** The qube whose file is changed. */
    readonly owner: Qube;
    /** What the user typed, e.g. `allow`; it stands in the history. */
    readonly command: string;
    readonly edit: Edit<Note>;
    readonly isTrial: boolean;
    /** Done, under the same lock, when the file is written. */
    readonly afterwards?: ((note: Note) => Promise<void>) | undefined;
    /** It makes a whole new text, so it may mend a file with errors. */
    readonly isWhole?: boolean | undefined;
    /** Of ProxyVMs that will be told of it, as far as they are held. */
    readonly locks?: VisitLocks | undefined;
}

export interface Edited<Note> {
    readonly file: KnownFile;
    readonly note: Note;
    /** The file of an earlier qube of that name, which was in its place. */
    readonly setAside: RemovedFile | null;
}

/** The file that a qube has of its own, and whose else stands there. */
interface Before {
    readonly file: KnownFile;
    readonly earlier: Uuid | null;
}

/**
 * The file of a qube as an edit makes it; written, and recorded as that
 * qube's, unless it is a trial. A file with an error is not touched but by a
 * whole new text, and one of an earlier qube of that name, whose removal
 * nobody saw, is set aside.
 */
export async function changeRules<Note>(
    deps: Deps,
    change: Change<Note>,
): Promise<Result<Edited<Note>, ChangeRefusal>> {
    const { owner } = change;
    if (change.isTrial) {
        return tryEdit(deps, await lookAt(deps, owner), change);
    }
    const action = async () => {
        const before = await lookAt(deps, owner);
        const edited = await tryEdit(deps, before, change);
        if (!edited.ok) {
            return edited;
        }
        const { file, note } = edited.value;
        const setAside = await makeRoom(deps, before, owner);
        await store(deps, change, before.file, file);
        await change.afterwards?.(note);
        return ok({ file, note, setAside });
    };
    return withRuleLock(deps, action, change.locks);
}

async function lookAt(deps: Deps, { name, uuid }: Qube): Promise<Before> {
    const file = await deps.rules.read(name);
    return file.owner === null || file.owner === uuid
        ? { file, earlier: null }
        : { file: noFile, earlier: file.owner };
}

async function tryEdit<Note>(
    deps: Deps,
    { file, earlier }: Before,
    { owner: { name, uuid }, edit, isWhole = false }: Change<Note>,
): Promise<Result<Edited<Note>, ChangeRefusal>> {
    if (!file.content.ok && !isWhole) {
        return err({ kind: 'file-error', problems: file.content.error });
    }
    const edited = await edit(
        file.content.ok ? file.content.value : emptyRuleFile,
    );
    if (!edited.ok) {
        const isOfEarlier = earlier !== null;
        return err({ kind: 'edit', message: edited.error, isOfEarlier });
    }
    const { text, note } = edited.value;
    const content = parseRuleText(ruleFilePath(name), text);
    const date = utcSeconds(deps.now());
    const setAside = earlier && { name, uuid: earlier, date };
    return content.ok
        ? ok({ file: { content, owner: uuid }, note, setAside })
        : err({ kind: 'file-error', problems: content.error });
}

/** Only an earlier qube's file goes, not that of one made meanwhile. */
async function makeRoom(
    deps: Deps,
    { earlier }: Before,
    { name, uuid }: Qube,
): Promise<RemovedFile | null> {
    if (earlier === null) {
        return null;
    }
    const now = await deps.inventory.one(name);
    if (now?.uuid !== uuid) {
        throw new Failure(
            `nothing was changed: ${name} was removed meanwhile; see: qvm-ls`,
        );
    }
    return setAside(deps, name, earlier);
}

/** The owner first: rules without one are those of whoever has the name. */
async function store(
    deps: Deps,
    {
        owner: { name, uuid },
        command,
    }: Pick<Change<unknown>, 'owner' | 'command'>,
    before: KnownFile,
    after: KnownFile,
): Promise<void> {
    const record = async () => {
        if (before.owner !== uuid) {
            await deps.rules.recordOwner(name, uuid);
        }
    };
    const oldText = before.content.ok ? before.content.value.text : null;
    const newText = after.content.ok ? after.content.value.text : oldText;
    if (newText === null || newText === oldText) {
        return record();
    }
    const path = ruleFilePath(name);
    const planned = { path, owner: uuid, command };
    await changeFile(deps, planned, newText, async () => {
        await record();
        await deps.rules.writeFile(path, newText);
    });
}
