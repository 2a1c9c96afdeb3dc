import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { readBlocked } from '../../../shared/pattern/index.ts';
import { err, ok } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { defaultOf } from '../../core/default.ts';
import { isNoWider } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import type { Seen } from '../../look-under-lock.ts';
import { chooseOwner } from '../choose-owner.ts';
import { endingContext } from '../format/ending.ts';
import { formatSetAside } from '../format/removed.ts';
import { knownRules } from '../known-rules.ts';
import { lookFor } from '../look-for.ts';
import { openWay } from '../open-way.ts';
import { nothingChanged, type Output } from '../output.ts';
import {
    type Added,
    addedJson,
    describeAll,
    type RuleArguments,
    readWanted,
    withRules,
} from '../wanted-rules.ts';
import { denyOnAllowed } from './other-list.ts';
import { changeAndTell } from './rule-change.ts';

export interface DenyArguments extends RuleArguments {
    /** What is open may go on by the rules of before. */
    readonly drain: boolean;
}

/**
 * Adds rules to a qube's block list and puts them in force. Where the rules
 * say what is allowed, says which ones let the hosts through.
 */
export async function deny(
    deps: CommandDeps,
    args: DenyArguments,
): Promise<Output> {
    return lookFor(deps, args, (qube, seen) =>
        denySeen(deps, args, qube, seen),
    );
}

async function denySeen(
    deps: CommandDeps,
    args: DenyArguments,
    qube: Qube,
    { view, locks }: Seen,
): Promise<Output> {
    const owner = chooseOwner(view.system, qube, args.template);
    const rules = knownRules(view, owner);
    if (rules.ok && rules.value.default === 'deny') {
        const { patterns } = args;
        return denyOnAllowed({
            owner: owner.name,
            rules: rules.value,
            patterns,
        });
    }
    const wanted = readWanted(args, readBlocked);
    const wayOf = openWay(deps, qube);
    const { note, setAside, effect, output } = await changeAndTell<Added[]>(
        deps,
        view,
        {
            command: 'deny',
            owner,
            isTrial: args.dryRun,
            locks,
            isVerbose: args.verbose,
            isDraining: args.drain,
            done: 'stored',
            isAsPromised: isNoWider,
            edit: (file) =>
                defaultOf(file) === 'allow'
                    ? ok(withRules(file, wanted, rules))
                    : err(describeNoBlockList(owner.name)),
        },
    );
    const { around, open } = await wayOf(effect);
    return {
        ...output,
        lines: [
            ...describeAll(
                owner.name,
                note,
                args.dryRun,
                endingContext(view.moment, qube, view.system),
            ),
            ...formatSetAside(setAside, args.dryRun),
            ...output.lines,
            ...open,
        ],
        json: { ...output.json, rules: note.map(addedJson), wayAround: around },
    };
}

/** It has an error, or only a tag of the qube makes it one. */
function describeNoBlockList(owner: QubeName): string {
    return nothingChanged(`${ruleFilePath(owner)} is no block list`, [
        `to make it one: qvm-filterproxy default ${owner} allow`,
    ]);
}
