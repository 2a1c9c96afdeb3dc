// `edit` opens a qube's rule file in an editor, and puts what was saved in
// force if it has no errors, as visudo does.
import { basename } from 'node:path';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { isSameText } from '../../core/history.ts';
import type { Qube } from '../../core/qube.ts';
import type { RuleFile } from '../../core/rule-file.ts';
import { Failure } from '../../failure.ts';
import { shownConfig } from '../../paths.ts';
import { look, type View } from '../../view.ts';
import { chooseOwner } from '../choose-owner.ts';
import { editUntilReadable, keeping } from '../edit-draft.ts';
import { decodeText } from '../format/diff.ts';
import { jsonVersion, nothingChanged, type Output } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import { giveText, type NewTextOptions, type Texts } from './new-text.ts';
import { mendFirst } from './rule-change.ts';

export interface EditArguments extends NewTextOptions {
    readonly qube: string;
    /** A disposable's template is meant. */
    readonly template: boolean;
}

/** Lets the user edit a qube's rules, and puts them in force. */
export async function edit(
    deps: CommandDeps,
    args: EditArguments,
): Promise<Output> {
    const name = parseTypedName(args.qube);
    const view = await look(deps);
    const qube = expectClient(view.system, name);
    const owner = chooseOwner(view.system, qube, args.template);
    const path = ruleFilePath(owner.name);
    if (!deps.editor.isAtTerminal()) {
        throw new Failure(describeNoTerminal(path));
    }
    const start = await readFile(deps, owner);
    const draft = await deps.editor.draft(basename(path), start);
    try {
        const file = await editUntilReadable(deps, draft, owner);
        if (file === null || isSameText(Buffer.from(file.text), start)) {
            await draft.discard();
            return unchanged(owner, args.dryRun, file === null);
        }
        const output = await accept(deps, view, args, {
            owner,
            qube,
            start,
            file,
        });
        await draft.discard();
        return output;
    } catch (error) {
        throw await keeping(draft, start, error);
    }
}

function describeNoTerminal(path: string): string {
    return nothingChanged('edit is for a terminal', [
        'without one: qvm-filterproxy allow, qvm-filterproxy remove',
        `or change the file itself: ${shownConfig}/${path}`,
    ]);
}

/** What an earlier qube of that name has left is not the qube's. */
async function readFile(
    deps: CommandDeps,
    { name, uuid }: Qube,
): Promise<Buffer> {
    const { owner } = await deps.rules.read(name);
    if (owner !== null && owner !== uuid) {
        return Buffer.alloc(0);
    }
    const current = await deps.history.current(ruleFilePath(name));
    if (!current.ok) {
        throw new Failure(mendFirst([current.error]));
    }
    return current.value;
}

function unchanged(
    { name }: Qube,
    dryRun: boolean,
    isGivenUp: boolean,
): Output {
    return {
        lines: [`${name}: ${isGivenUp ? 'left as it was' : 'unchanged'}`],
        warnings: [],
        json: {
            version: jsonVersion,
            command: 'edit',
            qube: name,
            file: ruleFilePath(name),
            dryRun,
            changed: false,
        },
        failed: false,
    };
}

interface Edited {
    readonly owner: Qube;
    readonly qube: Qube;
    /** What the user saw first. */
    readonly start: Buffer;
    readonly file: RuleFile;
}

function accept(
    deps: CommandDeps,
    view: View,
    args: EditArguments,
    { owner, qube, start, file }: Edited,
): Promise<Output> {
    const { text } = file;
    const note = { before: decodeText(start), after: file };
    const done = args.dryRun ? 'would be changed' : 'changed';
    return giveText<Texts>(deps, view, args, {
        command: 'edit',
        owner,
        qube,
        edit: async (): Promise<
            Result<{ text: string; note: Texts }, string>
        > =>
            isSameText(await readFile(deps, owner), start)
                ? ok({ text, note })
                : err(describeOvertaken(owner)),
        headline: () => `${owner.name}: ${done}`,
        json: () => ({ changed: true }),
    });
}

function describeOvertaken({ name }: Qube): string {
    return nothingChanged(
        `${name}'s rules were changed by somebody else meanwhile`,
        [`to see how: qvm-filterproxy history ${name}`],
    );
}
