// What an undo makes of a file, or why there is none.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { checkText } from '../../check-text.ts';
import { type Change, type NoUndo, planUndo } from '../../core/history.ts';
import type { Qube } from '../../core/qube.ts';
import { parseRuleFile } from '../../core/rule-file.ts';
import type { Deps } from '../../deps.ts';
import { readHistories } from '../../read-history.ts';
import { formatProblems } from '../../words/problem.ts';
import { decodeText } from '../format/diff.ts';
import { nameChange } from '../format/history.ts';
import { nothingChanged } from '../output.ts';
import type { Texts } from './new-text.ts';
import { mendFirst } from './rule-change.ts';

export interface UndoneFile {
    /** Below /etc/qubes/filterproxy. */
    readonly path: string;
    /** Whose rules it has; null for a file that is no qube's. */
    readonly owner: Qube | null;
    /** The oldest change to take back; null: the last. */
    readonly from: number | null;
}

export interface Undone extends Texts {
    readonly change: Change;
}

/** The new text. Under the lock of rule files, unless it is a trial. */
export async function planUndone(
    deps: Deps,
    { path, owner, from }: UndoneFile,
): Promise<Result<{ text: string; note: Undone }, string>> {
    const name = owner?.name ?? path;
    const current = await deps.history.current(path);
    if (!current.ok) {
        return err(mendFirst([current.error]));
    }
    const { files } = await readHistories(deps, (each) => each === path);
    const changes = files[0]?.changes ?? [];
    const plan = planUndo(changes, owner?.uuid ?? null, from);
    if (typeof plan === 'string') {
        return err(describeNoUndo(plan, owner, name, from));
    }
    const { change, text } = plan;
    const file =
        owner === null
            ? parseRuleFile(path, text)
            : await checkText(deps, owner, text);
    if (!file.ok) {
        const what = `what ${name} had before ${nameChange(change)} has errors`;
        return err(nothingChanged(what, formatProblems(file.error)));
    }
    const after = file.value;
    const note = { change, before: decodeText(current.value), after };
    return ok({ text: after.text, note });
}

/** What was taken back, in a line. */
export function describeUndone(
    name: string,
    { change, before, after }: Undone,
    from: number | null,
    isTrial: boolean,
): string {
    if (before === after.text) {
        return `${name}: is as before ${nameChange(change)} already`;
    }
    const andAll = from === null ? '' : ' and all after it';
    const done = isTrial ? 'would be taken back' : 'taken back';
    return `${name}: ${nameChange(change)}${andAll} ${done}`;
}

/** Of a removed qube, which nobody has named. */
export function describeGone(
    name: QubeName,
    { command }: Change,
    number: number | null,
): string {
    const which = nameNumber(number);
    const isSetAside = command === 'set aside';
    const what = isSetAside
        ? `${which} set the rules of ${name} aside, as that qube was removed`
        : `${which} is of the rules of ${name}, and there is no such qube ` +
          'any more';
    return nothingChanged(what, [
        ...(isSetAside
            ? [`to see its rules: qvm-filterproxy list --removed ${name}`]
            : []),
        `to give them to another qube: qvm-filterproxy restore QUBE --from ${name}`,
        'to take back the last change of another qube: qvm-filterproxy undo QUBE',
    ]);
}

function nameNumber(number: number | null): string {
    return number === null ? 'the last change' : `change ${number}`;
}

function describeNoUndo(
    why: NoUndo,
    owner: Qube | null,
    name: string,
    number: number | null,
): string {
    const which = nameNumber(number);
    const whose = owner === null ? '' : ` ${name}`;
    const see = `to see what is recorded: qvm-filterproxy history${whose}`;
    switch (why) {
        case 'none':
            return nothingChanged(`no change of ${name}'s rules is recorded`);
        case 'unknown':
            return nothingChanged(`${name} has no ${which}`, [see]);
        case 'foreign':
            return nothingChanged(
                `${which} is of an earlier qube that was called ${name}`,
                [`to see its rules: qvm-filterproxy list --removed ${name}`],
            );
        case 'not-known':
            return nothingChanged(
                `what ${name} had before ${which} is not recorded`,
                [see],
            );
    }
}
