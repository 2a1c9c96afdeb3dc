import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { domainOfRule, narrow } from '../../../shared/pattern/index.ts';
import { err, ok } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { defaultOf } from '../../core/default.ts';
import { isSettled } from '../../core/judge-situation.ts';
import { type Ending, runOf } from '../../core/moment.ts';
import { describeOthers } from '../../core/others-below.ts';
import {
    type Qube,
    ruleOwnerName,
    type System,
    usersOfFile,
} from '../../core/qube.ts';
import { Failure } from '../../failure.ts';
import type { Seen } from '../../look-under-lock.ts';
import type { View } from '../../view.ts';
import { chooseOwner } from '../choose-owner.ts';
import { endingContext } from '../format/ending.ts';
import { formatSetAside } from '../format/removed.ts';
import { knownRules } from '../known-rules.ts';
import { lookFor } from '../look-for.ts';
import { openWay } from '../open-way.ts';
import type { Output } from '../output.ts';
import { parseExpire } from '../parse-expire.ts';
import {
    type Added,
    addedJson,
    describeAll,
    type RuleArguments,
    readWanted,
    withRules,
} from '../wanted-rules.ts';
import { warnUnreachable } from '../warn-unreachable.ts';
import { allowOnBlockList } from './other-list.ts';
import { changeAndTell } from './rule-change.ts';

export interface AllowArguments extends RuleArguments {
    /** As typed; null: it does not expire. */
    readonly expire: string | null;
    readonly untilShutdown: boolean;
}

/** Adds rules to a qube's file and puts them in force. */
export async function allow(
    deps: CommandDeps,
    args: AllowArguments,
): Promise<Output> {
    // What is wrong with the patterns is said first.
    readWanted(args, narrow);
    return lookFor(deps, args, (qube, seen) =>
        allowSeen(deps, args, qube, seen),
    );
}

async function allowSeen(
    deps: CommandDeps,
    args: AllowArguments,
    qube: Qube,
    { view, locks }: Seen,
): Promise<Output> {
    const ending = endingOf(args, qube, view);
    const wanted = readWanted(args, narrow, ending);
    // A rule for one run of a disposable is none for other disposables.
    const isForOne = args.untilShutdown && ruleOwnerName(qube) !== qube.name;
    const owner = chooseOwner(view.system, qube, args.template || isForOne);
    const rules = knownRules(view, owner);
    if (rules.ok && rules.value.default === 'allow') {
        const { patterns } = args;
        return allowOnBlockList({
            owner: owner.name,
            rules: rules.value,
            patterns,
        });
    }
    const wayOf = openWay(deps, qube);
    const changed = await changeAndTell<Added[]>(deps, view, {
        command: 'allow',
        owner,
        isTrial: args.dryRun,
        locks,
        isVerbose: args.verbose,
        isDraining: false,
        done: 'stored',
        isAsPromised: isSettled,
        edit: (file) =>
            defaultOf(file) === 'deny'
                ? ok(withRules(file, wanted, rules))
                : err(`nothing was changed: ${owner.name} has a block list`),
    });
    const { note, setAside, effect, output } = changed;
    const { around, open } = await wayOf(effect);
    const context = endingContext(view.moment, qube, view.system);
    const added = describeAll(owner.name, note, args.dryRun, context);
    return {
        ...output,
        lines: [
            ...added,
            ...formatSetAside(setAside, args.dryRun),
            ...output.lines,
            ...open,
        ],
        warnings: [
            ...output.warnings,
            ...warnUnreachable(effect.view, owner, note),
            ...(await warnOthers(deps, owner.name, note)),
        ],
        json: {
            ...output.json,
            rules: note.map(addedJson),
            wayAround: around,
        },
    };
}

/** When the rules are to end. */
function endingOf(
    { expire, untilShutdown }: AllowArguments,
    qube: Qube,
    { moment, system }: View,
): Ending {
    const { xid } = qube;
    if (untilShutdown && xid === null) {
        throw new Failure(describeNoRun(qube, system));
    }
    return {
        expire: expire === null ? null : parseExpire(expire, moment),
        run: untilShutdown && xid !== null ? runOf(moment, xid) : null,
    };
}

/** A disposable template is not what is to be started. */
function describeNoRun(
    { name, isDisposableTemplate }: Qube,
    system: System,
): string {
    const running = usersOfFile(system, name)
        .filter(({ xid }) => xid !== null)
        .map((user) => user.name);
    const first = isDisposableTemplate
        ? `name a disposable of it that runs${running.length === 0 ? '' : ` (${running.join(', ')})`}`
        : 'start it first';
    return (
        `nothing was changed: ${name} does not run, so there is nothing ` +
        `that --until-shutdown could last for; ${first}, or use --expire`
    );
}

async function warnOthers(
    deps: CommandDeps,
    owner: QubeName,
    rules: readonly Added[],
): Promise<string[]> {
    const domains = rules.map(({ expression }) => domainOfRule(expression));
    if (domains.every((domain) => domain === null || domain.kind === 'exact')) {
        return [];
    }
    const othersBelow = await deps.loadOthersBelow();
    return domains
        .map((domain) => domain && describeOthers(domain, othersBelow))
        .filter((others) => others !== null)
        .map((others) => `${owner}: ${others}`);
}
