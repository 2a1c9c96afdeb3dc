// Rules of a qube as `list` prints them, and where they come from.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { defaultIn } from '../../core/default.ts';
import type { EffectiveRules } from '../../core/effective-rules.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import type { Learner } from '../../core/learning.ts';
import type { Qube } from '../../core/qube.ts';
import type { StoredRule } from '../../core/rule-file.ts';
import { hasRules, type KnownFile } from '../../core/rule-files.ts';
import type { IncludedSet, SetFile, TagFile } from '../../core/sources.ts';
import type { Held } from '../../core/stopped.ts';
import { shownConfig } from '../../paths.ts';
import { type EndingContext, hasEnded } from './ending.ts';
import { describeHeld } from './held.ts';
import { describeLearning } from './learning.ts';
import { describeVia } from './place.ts';
import { describeReach, reachOf } from './reach.ts';
import { countRules, formatPlacedRules, formatRules } from './rules.ts';

/** A rule file, the qube that it is for, and how it was asked for. */
export interface ListEntry {
    readonly name: QubeName;
    /** Null when there is no such qube any more. */
    readonly qube: Qube | null;
    readonly file: KnownFile;
    /** A disposable with the rules of that name. */
    readonly disposable: QubeName | null;
    readonly held: Held | null;
    /** Null if it does not learn, or has a block list. */
    readonly learner: Learner | null;
    /** Whether it runs, and so may have a proxy. */
    readonly isRunning: boolean;
    readonly includes: readonly IncludedSet[];
    /** The tags that give it rules. */
    readonly tags: readonly TagFile[];
    /** What is wrong with its file, and with all that concern it. */
    readonly problems: readonly FileProblem[];
    /** Rules that deserve a look. */
    readonly loose: readonly FileProblem[];
    /** What the ends of its rules are told by. */
    readonly context: EndingContext;
    /** All rules that hold for it; null: they were not asked for. */
    readonly effective: EffectiveRules | null;
}

export function formatEntry(entry: ListEntry): string[] {
    const { file, effective, includes, tags } = entry;
    if (!file.content.ok) {
        return [];
    }
    const { rules } = file.content.value;
    if (effective !== null) {
        const all = effective.files.flatMap((each) => each.rules);
        const ended = effective.files.flatMap((each) =>
            endedIn(each.rules, contextIn(entry, each.file)),
        );
        const reach = describeReach(effective.default, all);
        return [
            heading(entry, withEnded(reach, ended), all),
            ...formatEffective(effective, entry),
        ];
    }
    const ended = endedIn(rules, entry.context);
    return [
        heading(entry, withEnded(ownReach(file.content), ended), rules),
        ...formatRules(rules, entry.context),
        ...includes.map(
            ({ set, rules }) => `    !include ${set}: ${count(rules)}`,
        ),
        ...tags.map(({ tag, rules }) => `    tag ${tag}: ${count(rules)}`),
    ];
}

/** What it includes stands below; a block list is never without rules by it. */
function ownReach(content: KnownFile['content']): string {
    const isBlockList = defaultIn(content) === 'allow';
    const rules = content.ok ? content.value.rules : [];
    return isBlockList ? reachOf(content) : countRules(rules);
}

function endedIn(
    rules: readonly StoredRule[],
    context: EndingContext,
): StoredRule[] {
    return rules.filter((rule) => hasEnded(rule, context));
}

/** They stay in their files, and count there. */
function withEnded(reach: string, { length }: readonly StoredRule[]): string {
    return length === 0 ? reach : `${reach}, ${length} of them ended`;
}

/** A file that is not its own may be for runs of others. */
function contextIn({ name, context }: ListEntry, file: string): EndingContext {
    const isAlone = context.isAlone && file === ruleFilePath(name);
    return { ...context, isAlone };
}

/** The rules of each file; of its own one with their numbers. */
function formatEffective(
    { files }: EffectiveRules,
    entry: ListEntry,
): string[] {
    const own = ruleFilePath(entry.name);
    return files.flatMap(({ file, via, rules }) => [
        `  ${shownConfig}/${file}${describeVia(via)}`,
        ...formatPlacedRules(rules, contextIn(entry, file), file === own),
    ]);
}

/** A line for each set and each tag, and for whom it is. */
export function formatShared(
    sets: readonly SetFile[],
    tags: readonly TagFile[],
): string[] {
    return [
        ...tags.map(
            ({ tag, rules, qubes }) =>
                `tag ${tag}: ${count(rules)}, for ${among(qubes)}`,
        ),
        ...sets.map(
            ({ set, rules, usedBy }) =>
                `set ${set}: ${count(rules)}, included by ${among(usedBy)}`,
        ),
    ];
}

function among(names: readonly string[]): string {
    return names.length === 0 ? 'nobody' : names.join(', ');
}

function count(rules: number | null): string {
    return rules === null ? 'an error' : countRules({ length: rules });
}

function heading(
    entry: ListEntry,
    reach: string,
    rules: readonly StoredRule[],
): string {
    const { name, file, disposable, held, includes, tags } = entry;
    const whose = disposable === null ? name : `${disposable}, as ${name}`;
    const start = held?.through === 'template' ? name : (disposable ?? name);
    const stopped = held === null ? '' : `, ${describeHeld(held, start)}`;
    const learns =
        entry.learner === null
            ? ''
            : `, ${describeLearning(entry.learner.until, entry.context.moment, entry.isRunning)}`;
    const isBlockList = defaultIn(file.content) === 'allow';
    const areSetsTold = isBlockList && includes.length > 0;
    const isBare =
        entry.effective === null && rules.length === 0 && !areSetsTold;
    const hasOthers = includes.length + tags.length > 0;
    const isIdle =
        !hasRules(file) && !hasOthers && held === null && learns === '';
    const rest = isIdle
        ? ', so no proxy answers it'
        : isBare && hasOthers
          ? ' of its own'
          : '';
    return `${whose}${describeGone(entry)}: ${reach}${rest}${stopped}${learns}`;
}

function describeGone(entry: ListEntry): string {
    if (entry.qube === null) {
        return ' (there is no such qube)';
    }
    return isOfAnother(entry) ? ' (an earlier qube)' : '';
}

/** Not in force: rules for an earlier qube of that name. */
export function isOfAnother({
    qube,
    file,
}: Pick<ListEntry, 'qube' | 'file'>): boolean {
    const isRecorded = qube !== null && file.owner !== null;
    return hasRules(file) && isRecorded && file.owner !== qube.uuid;
}
