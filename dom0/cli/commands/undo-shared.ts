// An undo in a file that is no single qube's: of a tag, a set or a ProxyVM.
// Whom it concerns is seen by looking at all.
import { diffLines } from '../../core/diff.ts';
import { parseRuleText } from '../../core/rule-file.ts';
import { withSharedFile } from '../../core/shared-files.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { changeFile } from '../../history.ts';
import { withRuleLock } from '../../rule-lock.ts';
import { diffJson, formatDiff } from '../format/diff.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import type { NewTextOptions } from './new-text.ts';
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
    const content = parseRuleText(path, note.after);
    const rules = content.ok ? content.value.rules : [];
    const diff = diffLines(note.before, note.after);
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
                formatDiff(diff, rules),
            ),
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
    await changeFile(deps, change, note.after, async () => {
        if (note.after !== note.before) {
            await deps.rules.writeFile(path, note.after);
        }
    });
    return note;
}

/** dom0 as it would be. */
function imagining(deps: Deps, path: string, { after }: Undone): Deps {
    const readAll = async () => {
        const all = await deps.rules.readAll();
        const content = parseRuleText(path, after);
        return { ...all, shared: withSharedFile(all.shared, path, content) };
    };
    return { ...deps, rules: { ...deps.rules, readAll } };
}
