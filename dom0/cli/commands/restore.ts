// `restore` gives a qube the rules that were set aside when a qube was removed.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { appendText } from '../../core/edit-rule-file.ts';
import type { RuleFile } from '../../core/rule-file.ts';
import {
    catchUp,
    type Found,
    findRemoved,
    foreseen,
} from '../../find-removed.ts';
import { look, type View } from '../../view.ts';
import { expectOwner } from '../choose-owner.ts';
import { removedFileJson } from '../format/removed.ts';
import type { Options } from '../options.ts';
import { nothingChanged, type Output } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import { UsageError } from '../usage-error.ts';
import { giveRules } from './new-rules.ts';
import { mendFirst } from './rule-change.ts';

export interface RestoreArguments extends Options {
    readonly qube: string;
    /** The name that the removed qube had; null: the same. */
    readonly from: string | null;
    /** When it was set aside, or the beginning of that; null: last. */
    readonly date: string | null;
}

/** What is looked for. */
interface Wanted {
    readonly from: QubeName;
    readonly dateStart: string;
}

/** Puts rules that were set aside in force, as a qube's own. */
export async function restore(
    deps: CommandDeps,
    args: RestoreArguments,
): Promise<Output> {
    const name = parseTypedName(args.qube);
    const wanted = {
        from: args.from === null ? name : parseTypedName(args.from),
        dateStart: readDate(args.date ?? ''),
    };
    const view = await look(deps);
    const owner = expectOwner(expectClient(view.system, name));
    const find = await finderOf(deps, view, wanted, args.dryRun);
    const isLiving = view.system.has(wanted.from) && wanted.from !== name;
    return giveRules<Found>(deps, view, args, {
        command: 'restore',
        owner,
        done: 'restored',
        edit: async (file) =>
            restored(file, await find(), () =>
                describeNothing(wanted, isLiving ? name : null),
            ),
        afterwards: ({ file }) => deps.removed.delete(file),
        describe: ({ file }) => ({
            whose: file.name === name ? '' : ` of ${file.name}`,
            what: `restored, set aside ${file.date}`,
            restored: file,
            remarks: [],
            json: { restored: removedFileJson(file) },
        }),
    });
}

/** A date as `list --removed` prints it, or its first part. */
function readDate(untrusted_date: string): string {
    if (!/^(\d{4}-\d\d-\d\d(T[\d:]*Z?)?)?$/.test(untrusted_date)) {
        throw new UsageError(
            `'${toPrintable(untrusted_date, 40)}' is no date as ` +
                '"qvm-filterproxy list --removed" prints them, nor the ' +
                'beginning of one, e.g. 2026-11-24',
        );
    }
    return untrusted_date;
}

/** A removal that nobody saw is made up for first, or in mind. */
async function finderOf(
    deps: CommandDeps,
    { system }: View,
    { from, dateStart }: Wanted,
    isTrial: boolean,
): Promise<() => Promise<Found | null>> {
    const find = () => findRemoved(deps, from, dateStart);
    if (!isTrial) {
        await catchUp(deps, from, system);
        return find;
    }
    const coming = await foreseen(deps, from, system);
    const isMeant = coming?.file.date.startsWith(dateStart) === true;
    return isMeant ? async () => coming : find;
}

function restored(
    file: RuleFile,
    found: Found | null,
    nothing: () => string,
): Result<{ text: string; note: Found }, string> {
    if (found === null) {
        return err(nothing());
    }
    const { content } = found;
    return content.ok
        ? ok({ text: appendText(file, content.value.text), note: found })
        : err(mendFirst(content.error));
}

/** If there is such a qube, its rules may be wanted: `copyTo` is for whom. */
function describeNothing(
    { from, dateStart }: Wanted,
    copyTo: QubeName | null,
): string {
    const date = dateStart === '' ? '' : ` with the date ${dateStart}`;
    const which = dateStart === '' ? '' : ` ${from}`;
    return nothingChanged(`no rules of ${from} are set aside${date}`, [
        `to see which are: qvm-filterproxy list --removed${which}`,
        ...(copyTo === null
            ? []
            : [
                  `to copy what ${from} has: qvm-filterproxy copy ${from} ` +
                      copyTo,
              ]),
    ]);
}
