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
import { problemJson } from '../../words/problem.ts';
import type { EndingContext } from './ending.ts';
import { describeHeld, heldJson } from './held.ts';
import { describeLearning, learningJson } from './learning.ts';
import { describeVia } from './place.ts';
import { describeReach, reachOf } from './reach.ts';
import {
    countRules,
    formatPlacedRules,
    formatRules,
    ruleJson,
} from './rules.ts';

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
        return [
            heading(entry, describeReach(effective.default, all), all),
            ...formatEffective(effective, entry),
        ];
    }
    return [
        heading(entry, ownReach(file.content), rules),
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

/** The rules of each file; of its own one with their numbers. */
function formatEffective(
    { files }: EffectiveRules,
    { name, context }: ListEntry,
): string[] {
    const own = ruleFilePath(name);
    return files.flatMap(({ file, via, rules }) => [
        `  ${shownConfig}/${file}${describeVia(via)}`,
        ...formatPlacedRules(rules, context, file === own),
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
    const isNamed = isBlockList && includes.length > 0;
    const isBare = entry.effective === null && rules.length === 0 && !isNamed;
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

/** The same for programs. */
export function entryJson(entry: ListEntry) {
    const { name, file, effective, includes, tags } = entry;
    return {
        qube: name,
        file: ruleFilePath(name),
        exists: entry.qube !== null,
        inForce: !isOfAnother(entry),
        stopped: heldJson(entry.held),
        learning: learningJson(entry.learner),
        default: file.content.ok ? defaultIn(file.content) : null,
        rules: (file.content.ok ? file.content.value.rules : []).map(ruleJson),
        includes,
        tags: tags.map(({ tag, rules }) => ({ tag, rules })),
        effective:
            effective?.files.map(({ file, via, rules }) => ({
                file,
                via,
                rules: rules.map(ruleJson),
            })) ?? null,
        problems: entry.problems.map(problemJson),
        warnings: entry.loose.map(problemJson),
    };
}
