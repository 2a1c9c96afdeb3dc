// A text that the user edits until it has no errors, before anything of it is
// stored.
import { isErrno } from '../../shared/io/errno.ts';
import type { Draft } from '../adapters/editor.ts';
import { checkText } from '../check-text.ts';
import type { CommandDeps } from '../command-deps.ts';
import { isSameText } from '../core/history.ts';
import type { Qube } from '../core/qube.ts';
import type { RuleFile } from '../core/rule-file.ts';
import { Failure } from '../failure.ts';
import { formatProblems } from '../words/problem.ts';
import { nothingChanged } from './output.ts';

/** What was saved without errors; null: the user gave up. */
export async function editUntilReadable(
    deps: CommandDeps,
    draft: Draft,
    owner: Qube,
): Promise<RuleFile | null> {
    try {
        return await untilReadable(deps, draft, owner);
    } catch (error) {
        throw error instanceof Failure
            ? new Failure(nothingChanged(error.message))
            : error;
    }
}

async function untilReadable(
    deps: CommandDeps,
    draft: Draft,
    owner: Qube,
): Promise<RuleFile | null> {
    for (;;) {
        await deps.editor.edit(draft.path);
        const text = await draft.read();
        if (text === null) {
            throw new Failure(`the editor left no file ${draft.path}`);
        }
        const file = await checkText(deps, owner, text, draft.path);
        if (file.ok) {
            return file.value;
        }
        const errors = formatProblems(file.error, draft.path);
        if (!(await wantsAnotherTry(deps.editor, errors))) {
            return null;
        }
    }
}

async function wantsAnotherTry(
    editor: CommandDeps['editor'],
    errors: readonly string[],
): Promise<boolean> {
    const question = 'e: edit again, x: leave all as it was? ';
    let shown = [...errors, question].join('\n');
    for (;;) {
        const answer = await editor.ask(shown);
        if (answer === null || answer.trim() === 'x') {
            return false;
        }
        if (answer.trim() === 'e') {
            return true;
        }
        shown = question;
    }
}

/** What the user wrote is not lost by a failure. */
export async function keeping(
    draft: Draft,
    start: Buffer,
    error: unknown,
): Promise<unknown> {
    if (!(error instanceof Failure || isErrno(error))) {
        return error;
    }
    const text = await draft.read();
    if (text === null || isSameText(text, start)) {
        await draft.discard();
        return error;
    }
    const kept = `    what you wrote is kept in ${draft.path}`;
    return new Failure([error.message, kept].join('\n'));
}
