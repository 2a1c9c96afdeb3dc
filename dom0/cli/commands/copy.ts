// `copy` gives a qube the rules of another one: a clone, or what the Qube
// Manager calls a renamed qube, has none of its own.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { appendText, removeRules } from '../../core/edit-rule-file.ts';
import { hasExpired } from '../../core/moment.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import {
    parseRuleText,
    type RuleFile,
    type StoredRule,
} from '../../core/rule-file.ts';
import { hasRules, isForeign } from '../../core/rule-files.ts';
import { Failure } from '../../failure.ts';
import { findRemoved, foreseen } from '../../find-removed.ts';
import { look, type View } from '../../view.ts';
import { expectOwner } from '../choose-owner.ts';
import { countRules, ruleJson } from '../format/rules.ts';
import { explainForeignFile } from '../format/unserved.ts';
import type { Options } from '../options.ts';
import { nothingChanged, type Output } from '../output.ts';
import { asClient, expectClient, parseTypedName } from '../resolve-qube.ts';
import { UnknownQubeError } from '../usage-error.ts';
import { giveRules } from './new-rules.ts';
import { mendFirst } from './rule-change.ts';

export interface CopyArguments extends Options {
    /** Whose rules are copied. */
    readonly from: string;
    /** Who gets them. */
    readonly to: string;
}

/** Puts a copy of a qube's rule file in force for another one. */
export async function copy(
    deps: CommandDeps,
    args: CopyArguments,
): Promise<Output> {
    const from = parseTypedName(args.from);
    const to = parseTypedName(args.to);
    const view = await look(deps);
    const owner = expectOwner(expectClient(view.system, to));
    const source = await sourceOf(deps, view, from, to);
    return giveRules<LeftOut>(deps, view, args, {
        command: 'copy',
        owner,
        done: 'copied',
        edit: (file) => copied(deps, file, source, view),
        describe: (leftOut) => ({
            whose: ` of ${from}`,
            what: 'copied',
            remarks: describeLeftOut(leftOut, from),
            restored: null,
            json: { from, leftOut: leftOut.map(ruleJson) },
        }),
    });
}

/** Rules that are not copied, as they would hold for nobody. */
type LeftOut = readonly StoredRule[];

function describeLeftOut(rules: LeftOut, from: QubeName): string[] {
    return rules.length === 0
        ? []
        : [
              `    left out: ${countRules(rules)} of ${from}, ended or for ` +
                  'one run of it only',
          ];
}

/** The qube whose file is copied: a disposable's is its template's. */
async function sourceOf(
    deps: CommandDeps,
    { system }: View,
    from: QubeName,
    to: QubeName,
): Promise<Qube> {
    const qube = system.get(from);
    if (qube !== undefined) {
        const owner = ruleOwnerName(asClient(qube));
        return system.get(owner) ?? qube;
    }
    const removed =
        (await foreseen(deps, from, system)) ??
        (await findRemoved(deps, from, ''));
    throw removed === null
        ? new UnknownQubeError(from, system.keys())
        : new Failure(
              nothingChanged(`there is no qube ${from} any more`, [
                  `to give its rules to ${to}: qvm-filterproxy restore ${to} --from ${from}`,
              ]),
          );
}

/** Read under the lock, so that it is a whole file of one moment. */
async function copied(
    deps: CommandDeps,
    file: RuleFile,
    { name }: Qube,
    { system, moment }: View,
): Promise<Result<{ text: string; note: LeftOut }, string>> {
    const source = await deps.rules.read(name);
    const nothing = `${name} has no rules`;
    if (isForeign(source, name, system)) {
        const { what, todo } = explainForeignFile(name);
        return err(nothingChanged(nothing, [what, ...todo]));
    }
    if (!source.content.ok) {
        return err(mendFirst(source.content.error));
    }
    if (!hasRules(source)) {
        return err(nothingChanged(nothing));
    }
    const { value } = source.content;
    const leftOut = value.rules.filter(
        (rule) => rule.run !== null || hasExpired(rule, moment),
    );
    const text = removeRules(value, leftOut);
    return hasRules({ content: parseRuleText(ruleFilePath(name), text) })
        ? ok({ text: appendText(file, text), note: leftOut })
        : err(
              nothingChanged(
                  `${nothing} but such that ended, or are for one run of it only`,
              ),
          );
}
