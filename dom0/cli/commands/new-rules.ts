// What the commands that give a qube a whole file of rules have in common.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { err, ok } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { defaultOf } from '../../core/default.ts';
import { isSettled } from '../../core/judge-situation.ts';
import { looseRules } from '../../core/notices.ts';
import type { Qube } from '../../core/qube.ts';
import type { RemovedFile } from '../../core/removed.ts';
import { includesIn, type RuleFile } from '../../core/rule-file.ts';
import { hasRules, noFile } from '../../core/rule-files.ts';
import type { View } from '../../view.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { endingContext } from '../format/ending.ts';
import { reachOf } from '../format/reach.ts';
import { formatSetAside } from '../format/removed.ts';
import { formatFirstRules, ruleJson } from '../format/rules.ts';
import { openWay } from '../open-way.ts';
import type { Options } from '../options.ts';
import { nothingChanged, type Output } from '../output.ts';
import { type Changed, changeAndTell, type RuleChange } from './rule-change.ts';

type Change<Note> = Pick<
    RuleChange<Note>,
    'command' | 'owner' | 'edit' | 'afterwards' | 'done'
>;

/** `edit` is asked only if the qube has no rules. */
interface Gift<Note> extends Change<Note> {
    readonly describe: (note: Note) => Given;
}

interface Given {
    /** Whose they were, e.g. ` of work`. */
    readonly whose: string;
    /** What was done with them, e.g. `restored`. */
    readonly what: string;
    /** What there is to say of those that it was not given. */
    readonly remarks: readonly string[];
    /** What is not aside any more. */
    readonly restored: RemovedFile | null;
    readonly json: Readonly<Record<string, unknown>>;
}

/** Gives a qube without rules those, and tells what it has by them. */
export async function giveRules<Note>(
    deps: CommandDeps,
    view: View,
    { dryRun, verbose }: Pick<Options, 'dryRun' | 'verbose'>,
    { describe, ...change }: Gift<Note>,
): Promise<Output> {
    const { owner, edit } = change;
    const changed = await changeAndTell(deps, view, {
        ...change,
        isTrial: dryRun,
        isVerbose: verbose,
        isDraining: false,
        isAsPromised: isSettled,
        edit: (file) =>
            hasRules({ content: ok(file) })
                ? err(describeTaken(owner.name, file))
                : edit(file),
    });
    return withNewRules(deps, changed, owner, {
        ...describe(changed.note),
        isTrial: dryRun,
    });
}

async function withNewRules(
    deps: CommandDeps,
    { setAside, effect, output }: Changed<unknown>,
    owner: Qube,
    {
        whose,
        what,
        remarks,
        isTrial,
        restored,
        json,
    }: Given & { readonly isTrial: boolean },
): Promise<Output> {
    const file = effect.view.files.get(owner.name) ?? noFile;
    const rules = file.content.ok ? file.content.value.rules : [];
    const loose = looseRules(ruleFilePath(owner.name), file.content);
    const { around, open } = await openWay(deps, owner)(effect);
    const reach = reachOf(file.content);
    const { moment, system } = effect.view;
    const context = endingContext(moment, owner, system);
    return {
        ...output,
        lines: [
            `${owner.name}: ${reach}${whose} ${isTrial ? 'would be ' : ''}${what}`,
            ...formatFirstRules(
                rules,
                `qvm-filterproxy list ${owner.name}`,
                context,
            ),
            ...remarks,
            ...(isTheSame(setAside, restored)
                ? []
                : formatSetAside(setAside, isTrial)),
            ...output.lines,
            ...open,
        ],
        warnings: [...output.warnings, ...formatProblems(loose)],
        json: {
            ...output.json,
            ...json,
            rules: rules.map(ruleJson),
            warnings: loose.map(problemJson),
            wayAround: around,
        },
    };
}

/** On trial, what is restored may be seen in the way of itself. */
function isTheSame(one: RemovedFile | null, other: RemovedFile | null) {
    return one !== null && one.uuid === other?.uuid;
}

/** Why a qube with rules is not given others, and what to do first. */
function describeTaken(qube: QubeName, file: RuleFile): string {
    const isBlockList = defaultOf(file) === 'allow';
    const what = isBlockList ? 'has a block list already' : 'has rules already';
    return nothingChanged(`${qube} ${what}`, [
        `to see them: qvm-filterproxy list ${qube}`,
        isBlockList
            ? `to end that: qvm-filterproxy default ${qube} deny --clear`
            : `to take them back: qvm-filterproxy ${takeBack(qube, file)}`,
    ]);
}

/** What a file includes has no number. */
function takeBack(qube: QubeName, file: RuleFile): string {
    const count = file.rules.length;
    const numbers = count === 1 ? '1' : `$(seq ${count})`;
    return includesIn(file).length > 0
        ? `edit ${qube}`
        : `remove ${qube} ${numbers}`;
}
