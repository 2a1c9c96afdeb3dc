// What the commands that replace a whole text have in common: the difference
// is shown, each new rule with what it means, and what it leaves.
import { ok } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { defaultOf } from '../../core/default.ts';
import { diffLines } from '../../core/diff.ts';
import { isNoWider, isSettled } from '../../core/judge-situation.ts';
import { looseRules } from '../../core/notices.ts';
import type { Qube } from '../../core/qube.ts';
import type { RuleFile } from '../../core/rule-file.ts';
import type { Situation } from '../../core/situation.ts';
import type { View } from '../../view.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { diffJson, formatDiff } from '../format/diff.ts';
import { reachOf } from '../format/reach.ts';
import { formatSetAside } from '../format/removed.ts';
import { formatLockedOut } from '../locked-out.ts';
import { openWay } from '../open-way.ts';
import type { Options } from '../options.ts';
import { type Output, withDetails } from '../output.ts';
import { changeAndTell, type RuleChange } from './rule-change.ts';

/** What was in a file, as its user sees it, and what is to be in it. */
export interface Texts {
    readonly before: string;
    readonly after: RuleFile;
}

interface NewText<Note extends Texts>
    extends Pick<RuleChange<Note>, 'command' | 'owner' | 'edit'> {
    /** Whose way around the proxy is told: the one that was named. */
    readonly qube: Qube;
    readonly headline: (note: Note) => string;
    readonly json: (note: Note) => Readonly<Record<string, unknown>>;
}

export interface NewTextOptions extends Options {
    /** What is open may go on by the rules of before. */
    readonly drain: boolean;
}

/** Puts a whole new text in force, and tells what is new in it. */
export async function giveText<Note extends Texts>(
    deps: CommandDeps,
    view: View,
    { dryRun, verbose, drain }: NewTextOptions,
    { command, owner, qube, edit, headline, json }: NewText<Note>,
): Promise<Output> {
    const wayOf = openWay(deps, qube);
    const { note, setAside, effect, output } = await changeAndTell<Note>(
        deps,
        view,
        {
            command,
            owner,
            edit,
            isWhole: true,
            isTrial: dryRun,
            isVerbose: verbose,
            isDraining: drain,
            done: 'stored',
            isAsPromised,
        },
    );
    const { rules } = note.after;
    const diff = diffLines(note.before, note.after.text);
    const loose = looseRules(ruleFilePath(owner.name), ok(note.after));
    const { around, open } = await wayOf(effect);
    return {
        ...output,
        lines: [
            ...withDetails(headline(note), formatDiff(diff, rules)),
            ...describeBlockList(owner.name, note.after),
            ...formatSetAside(setAside, dryRun),
            ...output.lines,
            ...(await formatLockedOut(deps, effect)),
            ...open,
        ],
        warnings: [...output.warnings, ...formatProblems(loose)],
        json: {
            ...output.json,
            ...json(note),
            ...diffJson(diff),
            warnings: loose.map(problemJson),
            wayAround: around,
        },
    };
}

/** Which kind of list it is always shows, where its rules are shown. */
export function describeBlockList(name: string, file: RuleFile): string[] {
    return defaultOf(file) === 'deny' ? [] : [`${name}: ${reachOf(ok(file))}`];
}

/** Where nothing was opened, nobody waits to be served. */
function isAsPromised(situation: Situation, texts: Texts): boolean {
    return mayOpen(texts) ? isSettled(situation) : isNoWider(situation);
}

/** Lines that come may, and of a block list those that go. */
function mayOpen({ before, after }: Texts): boolean {
    const diff = diffLines(before, after.text);
    if (defaultOf(after) === 'deny') {
        return diff.some(({ sign }) => sign === '+');
    }
    const directives = new Set(after.directives.map(({ line }) => line));
    return diff.some(({ sign, line }) => sign === '-' || directives.has(line));
}
