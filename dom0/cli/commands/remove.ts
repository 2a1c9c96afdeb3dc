import { err, ok, type Result } from '../../../shared/result.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { type Covering, coverings } from '../../core/covering.ts';
import { defaultIn, defaultOf } from '../../core/default.ts';
import { removeRules } from '../../core/edit-rule-file.ts';
import { isNoWider, isSettled } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import type { RuleFile, StoredRule } from '../../core/rule-file.ts';
import { noFile } from '../../core/rule-files.ts';
import type { Seen } from '../../look-under-lock.ts';
import type { View } from '../../view.ts';
import { chooseOwner } from '../choose-owner.ts';
import { coveringJson, describeCovering } from '../format/covering.ts';
import { endingContext } from '../format/ending.ts';
import { ruleJson } from '../format/rules.ts';
import { knownRules } from '../known-rules.ts';
import { formatLockedOut } from '../locked-out.ts';
import { lookFor } from '../look-for.ts';
import type { Options } from '../options.ts';
import { type Output, withDetails } from '../output.ts';
import { type DescribeMiss, missIn, namedIn } from './missing-rule.ts';
import { changeAndTell } from './rule-change.ts';

export interface RemoveArguments extends Options {
    readonly qube: string;
    /** Expressions as stored or as typed, or numbers as `list` prints them. */
    readonly rules: readonly string[];
    /** A disposable's template is meant. */
    readonly template: boolean;
    /** What is open may go on by the rules of before. */
    readonly drain: boolean;
}

/** Takes rules out of a qube's file, and out of force. */
export async function remove(
    deps: CommandDeps,
    args: RemoveArguments,
): Promise<Output> {
    return lookFor(deps, args, (qube, seen) =>
        removeSeen(deps, args, qube, seen),
    );
}

async function removeSeen(
    deps: CommandDeps,
    args: RemoveArguments,
    qube: Qube,
    { view, locks }: Seen,
): Promise<Output> {
    const owner = chooseOwner(view.system, qube, args.template);
    const before = view.files.get(owner.name) ?? noFile;
    const isBlockList = defaultIn(before.content) === 'allow';
    const context = endingContext(view.moment, owner, view.system);
    const miss = missIn(owner.name, knownRules(view, qube), context);
    const { note, effect, output } = await changeAndTell<StoredRule[]>(
        deps,
        view,
        {
            command: 'remove',
            owner,
            isTrial: args.dryRun,
            locks,
            isVerbose: args.verbose,
            isDraining: args.drain,
            done: 'removed from its file',
            isAsPromised: isBlockList ? isSettled : isNoWider,
            edit: (file) => {
                const found = findRules(file, args.rules, miss);
                return found.ok
                    ? ok({
                          text: removeRules(file, found.value),
                          note: found.value,
                      })
                    : found;
            },
        },
    );
    const lockedOut = await formatLockedOut(deps, effect);
    const what = args.dryRun ? 'would be removed' : 'removed';
    const { content } = effect.view.files.get(owner.name) ?? noFile;
    const left = content.ok ? content.value.rules : [];
    const coveringOf = coveringsIn(effect.view, qube);
    const gone = note.map(
        (rule): Gone => ({
            rule,
            covering: coveringOf(rule.confined),
        }),
    );
    return {
        ...output,
        lines: [
            ...gone.flatMap(({ rule, covering }) =>
                withDetails(
                    `${owner.name}: ${rule.expression} ${what}`,
                    describeEqual(rule, left) ??
                        describeCovering(covering, 'still', context),
                ),
            ),
            ...output.lines,
            ...lockedOut,
        ],
        json: { ...output.json, rules: gone.map(goneJson) },
    };
}

interface Gone {
    readonly rule: StoredRule;
    /** What does still what it did. */
    readonly covering: Covering | null;
}

/** By the rules that hold for a qube now; nothing if these have an error. */
function coveringsIn(view: View, qube: Qube) {
    const rules = knownRules(view, qube);
    return rules.ok ? coverings(rules.value) : () => null;
}

function goneJson({ rule, covering }: Gone) {
    return { ...ruleJson(rule), by: coveringJson(covering) };
}

/** All rules that are meant, or what there is instead. */
function findRules(
    file: RuleFile,
    untrusted_words: readonly string[],
    describeMiss: DescribeMiss,
): Result<StoredRule[], string> {
    const found = new Set<StoredRule>();
    for (const untrusted_word of untrusted_words) {
        const rules = rulesMeant(file, untrusted_word);
        if (rules.length === 0) {
            return err(describeMiss(file, untrusted_word));
        }
        for (const rule of rules) {
            found.add(rule);
        }
    }
    return ok([...found]);
}

/** By its number, its text, or what `allow` or `deny` would make of that. */
function rulesMeant(file: RuleFile, untrusted_word: string): StoredRule[] {
    if (/^[1-9][0-9]{0,5}$/.test(untrusted_word)) {
        return file.rules.slice(Number(untrusted_word) - 1).slice(0, 1);
    }
    return namedIn(file.rules, defaultOf(file), untrusted_word);
}

/** A rule that stands in the file twice is still in force, taken out once. */
function describeEqual(
    { confined }: StoredRule,
    left: readonly StoredRule[],
): string[] | null {
    const at = left.findIndex((rule) => rule.confined === confined);
    return at === -1 ? null : [`still in force: rule ${at + 1} says the same`];
}
