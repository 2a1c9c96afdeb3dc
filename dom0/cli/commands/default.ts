// Which kind of list a qube's rules are: what becomes of all other hosts.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { endLearnings } from '../../change-learning.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { type Default, defaultOf } from '../../core/default.ts';
import { hostLines, turnedText } from '../../core/edit-default.ts';
import { rulesOf } from '../../core/effective-rules.ts';
import { isNoWider, isSettled } from '../../core/judge-situation.ts';
import { type Qube, usersOfFile } from '../../core/qube.ts';
import { parseRuleText, type RuleFile } from '../../core/rule-file.ts';
import type { Seen } from '../../look-under-lock.ts';
import type { View } from '../../view.ts';
import { formatProblems } from '../../words/problem.ts';
import { chooseOwner } from '../choose-owner.ts';
import {
    type DefaultChange,
    describeDefault,
    describeOpposite,
} from '../format/default.ts';
import { learnsNoMore } from '../format/learn.ts';
import { formatSetAside } from '../format/removed.ts';
import { formatLockedOut } from '../locked-out.ts';
import { lookFor } from '../look-for.ts';
import { openWay } from '../open-way.ts';
import type { Options } from '../options.ts';
import { nothingChanged, type Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { changeAndTell } from './rule-change.ts';

export interface DefaultArguments extends Options {
    readonly qube: string;
    readonly value: string;
    /** A disposable's template is meant. */
    readonly template: boolean;
    /** What is open may go on by the rules of before. */
    readonly drain: boolean;
    /** The rules of before go. */
    readonly clear: boolean;
}

type Edited = Result<{ text: string; note: DefaultChange }, string>;

/** Makes a qube's file a block list, or a list of allowed hosts again. */
export async function setDefaultOf(
    deps: CommandDeps,
    args: DefaultArguments,
): Promise<Output> {
    const value = readValue(args.value);
    return lookFor(deps, args, (qube, seen) =>
        setDefaultSeen(deps, args, { qube, value }, seen),
    );
}

interface Wanted {
    readonly qube: Qube;
    readonly value: Default;
}

async function setDefaultSeen(
    deps: CommandDeps,
    args: DefaultArguments,
    { qube, value }: Wanted,
    { view, locks }: Seen,
): Promise<Output> {
    const owner = chooseOwner(view.system, qube, args.template);
    // A block list lets through all but its rules: there is nothing to learn.
    const users = value === 'allow' ? usersOfFile(view.system, owner.name) : [];
    const learners = users.filter(({ uuid }) => view.moment.learners.has(uuid));
    const wayOf = openWay(deps, qube);
    const { note, setAside, effect, output } =
        await changeAndTell<DefaultChange>(deps, view, {
            command: 'default',
            owner,
            isTrial: args.dryRun,
            locks,
            isVerbose: args.verbose,
            isDraining: args.drain,
            done: 'stored',
            isAsPromised: value === 'allow' ? isSettled : isNoWider,
            edit: (file) => {
                const edited = edit(owner.name, file, value, args.clear);
                return value === 'allow'
                    ? refuseBroken(view, owner, edited)
                    : edited;
            },
            afterwards: async () => {
                await endLearnings(deps, view, users, args.dryRun, locks);
            },
        });
    const { around, open } = await wayOf(effect);
    const lockedOut = await formatLockedOut(deps, effect);
    return {
        ...output,
        lines: [
            ...describeDefault(owner.name, value, note, args.dryRun),
            ...formatSetAside(setAside, args.dryRun),
            ...learners.map(({ name }) => learnsNoMore(name, args.dryRun)),
            ...output.lines,
            ...open,
            ...lockedOut,
        ],
        json: {
            ...output.json,
            default: value,
            changed: note.isNew,
            cleared: note.cleared,
            wayAround: around,
        },
    };
}

function readValue(untrusted_value: string): Default {
    if (untrusted_value === 'allow' || untrusted_value === 'deny') {
        return untrusted_value;
    }
    const shown = toPrintable(untrusted_value, 40);
    throw new UsageError(`'${shown}' is no default: say allow or deny`);
}

/** Rules are never left to mean the opposite. */
function edit(
    owner: QubeName,
    file: RuleFile,
    value: Default,
    isClearing: boolean,
): Edited {
    const lines = hostLines(file).length;
    const isNew = defaultOf(file) !== value;
    if (isNew && lines > 0 && !isClearing) {
        return err(describeOpposite(owner, value));
    }
    // What a block list refuses is not opened by what is so already.
    const isTurned = isNew || (isClearing && value === 'deny');
    const kept = isClearing && !isTurned ? lines : 0;
    return isTurned
        ? ok({
              text: turnedText(file, value),
              note: { isNew, cleared: lines, kept },
          })
        : ok({ text: file.text, note: { isNew, cleared: 0, kept } });
}

/** A block list that other files contradict would not come into force. */
function refuseBroken(view: View, owner: Qube, edited: Edited): Edited {
    if (!edited.ok) {
        return edited;
    }
    const content = parseRuleText(ruleFilePath(owner.name), edited.value.text);
    const file = { content, owner: owner.uuid };
    const files = new Map(view.files).set(owner.name, file);
    const rules = rulesOf({ ...view, files }, owner);
    const what = `${owner.name} with the default allow would have an error`;
    return rules === null || rules.ok
        ? edited
        : err(nothingChanged(what, formatProblems(rules.error)));
}
