// `undo` takes the last change of a file back, or all from one on. That is a
// change like any other, so it can be taken back as well.

import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { qubeOfPath } from '../../core/history-entry.ts';
import { Failure } from '../../failure.ts';
import { readHistories } from '../../read-history.ts';
import { withRuleLock } from '../../rule-lock.ts';
import { look } from '../../view.ts';
import { chooseOwner } from '../choose-owner.ts';
import type { Listed } from '../format/history.ts';
import { nothingChanged, type Output } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import { UsageError } from '../usage-error.ts';
import { newestFirst } from './history.ts';
import { giveText, type NewTextOptions } from './new-text.ts';
import {
    describeGone,
    describeUndone,
    planUndone,
    type Undone,
} from './undo-plan.ts';
import { undoShared } from './undo-shared.ts';

export interface UndoArguments extends NewTextOptions {
    /** Null: whose file was changed last. */
    readonly qube: string | null;
    /** The number of the oldest change that is taken back; null: the last. */
    readonly to: string | null;
    /** A disposable's template is meant. */
    readonly template: boolean;
}

/** Takes changes of rules back, and puts that in force. */
export async function undo(
    deps: CommandDeps,
    args: UndoArguments,
): Promise<Output> {
    const from = args.to === null ? null : readNumber(args.to);
    if (args.qube !== null) {
        return undoOf(deps, args, args.qube, from);
    }
    const { file, change } = await lastChanged(deps, from);
    const name = qubeOfPath(file.path);
    if (name === null) {
        return undoShared(deps, args, file.path, from);
    }
    if ((await deps.inventory.one(name)) === null) {
        throw new Failure(describeGone(name, change, from));
    }
    return undoOf(deps, args, name, from);
}

async function undoOf(
    deps: CommandDeps,
    args: UndoArguments,
    untrusted_name: string,
    from: number | null,
): Promise<Output> {
    const name = parseTypedName(untrusted_name);
    const view = await look(deps);
    const qube = expectClient(view.system, name);
    const owner = chooseOwner(view.system, qube, args.template);
    const path = ruleFilePath(owner.name);
    return giveText<Undone>(deps, view, args, {
        command: 'undo',
        owner,
        qube,
        edit: () => planUndone(deps, { path, owner, from }),
        headline: (undone) =>
            describeUndone(owner.name, undone, from, args.dryRun),
        json: ({ change }) => ({ undone: change.number }),
    });
}

function readNumber(untrusted_word: string): number {
    if (!/^[1-9][0-9]{0,8}$/.test(untrusted_word)) {
        throw new UsageError(
            '--to takes the number of a change in "qvm-filterproxy history"',
        );
    }
    return Number(untrusted_word);
}

/** The file that has that change, or was changed last. */
async function lastChanged(
    deps: CommandDeps,
    number: number | null,
): Promise<Listed> {
    const { files } = await withRuleLock(deps, () => readHistories(deps));
    const all = newestFirst(files);
    const [last, next] =
        number === null
            ? all
            : all.filter(({ change }) => change.number === number);
    if (last === undefined) {
        const which = number === null ? 'no change' : `no change ${number}`;
        throw new Failure(nothingChanged(`${which} is recorded`));
    }
    if (next !== undefined && next.change.number === null) {
        const what =
            'several files were changed by hand, and nobody knows which one ' +
            'last';
        const see = 'to see which: qvm-filterproxy history';
        throw new Failure(nothingChanged(what, [see]));
    }
    return last;
}
