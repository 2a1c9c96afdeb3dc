// An undo in a file that is no single qube's: of a tag, a set or a ProxyVM.
// Whom it concerns is seen by looking at all.
import { ok } from '../../../shared/result.ts';
import { diffLines } from '../../core/diff.ts';
import { withSharedFile } from '../../core/shared-files.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { changeFile } from '../../history.ts';
import { withRuleLock } from '../../rule-lock.ts';
import { diffJson, formatDiff } from '../format/diff.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { describeBlockList, type NewTextOptions } from './new-text.ts';
import { describeUndone, planUndone, type Undone } from './undo-plan.ts';
import { update } from './update.ts';

/** Takes changes of that file back, and puts that in force for all. */
export async function undoShared(
    deps: Deps,
    args: NewTextOptions,
    path: string,
    from: number | null,
): Promise<Output> {
    const { dryRun } = args;
    const note = dryRun
        ? await plan(deps, path, from)
        : await withRuleLock(deps, () => takeBack(deps, path, from));
    const diff = diffLines(note.before, note.after.text);
    const told = await update(dryRun ? imagining(deps, path, note) : deps, {
        ...args,
        qubes: [],
        all: false,
        exclude: [],
    });
    return {
        ...told,
        lines: [
            ...withDetails(
                describeUndone(path, note, from, dryRun),
                formatDiff(diff, note.after.rules),
            ),
            ...describeBlockList(path, note.after),
            ...told.lines,
        ],
        json: {
            version: jsonVersion,
            command: 'undo',
            qube: null,
            file: path,
            dryRun,
            undone: note.change.number,
            ...diffJson(diff),
            update: told.json,
        },
    };
}

async function plan(
    deps: Deps,
    path: string,
    from: number | null,
): Promise<Undone> {
    const planned = await planUndone(deps, { path, owner: null, from });
    if (!planned.ok) {
        throw new Failure(planned.error);
    }
    return planned.value.note;
}

async function takeBack(
    deps: Deps,
    path: string,
    from: number | null,
): Promise<Undone> {
    const note = await plan(deps, path, from);
    const change = { path, owner: null, command: 'undo' };
    const { text } = note.after;
    await changeFile(deps, change, text, async () => {
        if (text !== note.before) {
            await deps.rules.writeFile(path, text);
        }
    });
    return note;
}

/** dom0 as it would be. */
function imagining(deps: Deps, path: string, { after }: Undone): Deps {
    const readAll = async () => {
        const all = await deps.rules.readAll();
        return { ...all, shared: withSharedFile(all.shared, path, ok(after)) };
    };
    return { ...deps, rules: { ...deps.rules, readAll } };
}
