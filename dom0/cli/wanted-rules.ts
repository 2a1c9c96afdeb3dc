// Rules to add to a qube's file: from what is typed to what is said of them.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import {
    type ConfinedLine,
    confineExpression,
    type NarrowedPattern,
    type narrow,
} from '../../shared/pattern/index.ts';
import { toPrintable } from '../../shared/printable.ts';
import { type Covering, coverings } from '../core/covering.ts';
import {
    addRules,
    findRule,
    isRecommented,
    isTimedAnew,
    type NewRule,
    renderNewRule,
} from '../core/edit-rule-file.ts';
import type { QubeRules } from '../core/effective-rules.ts';
import { parseFileLine } from '../core/file-line.ts';
import { type Ending, noEnding } from '../core/moment.ts';
import type { RuleFile } from '../core/rule-file.ts';
import { coveringJson, describeCovering } from './format/covering.ts';
import { type EndingContext, formatEnding } from './format/ending.ts';
import { endingJson } from './format/rules.ts';
import type { Options } from './options.ts';
import { withDetails } from './output.ts';
import { readTyped } from './typed-patterns.ts';
import { UsageError } from './usage-error.ts';

/** How rules to add are typed. */
export interface RuleArguments extends Options {
    readonly qube: string;
    readonly patterns: readonly string[];
    readonly asIs: boolean;
    readonly comment: string | null;
    /** A disposable's template is meant. */
    readonly template: boolean;
}

export interface Wanted extends NewRule {
    readonly typed: string;
    readonly narrowed: NarrowedPattern;
}

export type Added = Wanted & {
    readonly isNew: boolean;
    /** It was there with another comment. */
    readonly isRecommented: boolean;
    /** When it was to end, if that is another time now. */
    readonly endedBefore: Ending | null;
    /** What did before all that a new one does. */
    readonly covering: Covering | null;
};

/** What is typed as it is to be stored, or all that is wrong with it. */
export function readWanted(
    { patterns, asIs, comment }: RuleArguments,
    read: typeof narrow,
    ending: Ending = noEnding,
): Wanted[] {
    const wanted = readTyped(patterns, (typed) => read(typed, { asIs })).map(
        ({ typed, ...narrowed }): Wanted => ({
            typed,
            expression: narrowed.stored,
            comment,
            ...ending,
            narrowed,
        }),
    );
    wanted.forEach(checkStorable);
    return distinct(wanted);
}

/** The file with those rules, and what they add to the ones of before. */
export function withRules(
    file: RuleFile,
    wanted: readonly Wanted[],
    rules: QubeRules,
) {
    const coveringOf = rules.ok ? coverings(rules.value) : () => null;
    return {
        text: addRules(file, wanted),
        note: wanted.map((rule): Added => {
            const known = findRule(file, rule.expression) ?? null;
            const covering =
                known === null ? coveringOf(lineOf(rule.expression)) : null;
            return {
                ...rule,
                isNew: known === null,
                isRecommented: isRecommented(file, rule),
                endedBefore: isTimedAnew(file, rule) ? known : null,
                covering: covering?.host === null ? covering : null,
            };
        }),
    };
}

/** What reaches the ProxyVM of what is stored. */
export function lineOf(stored: string): ConfinedLine {
    const line = confineExpression(stored);
    if (!line.ok) {
        throw new Error(`${stored} was to be confined: ${line.error.message}`);
    }
    return line.value;
}

/** A rule must come out of its file as it goes in. */
function checkStorable(rule: NewRule): void {
    const text = renderNewRule(rule);
    const line = parseFileLine(text);
    const isSame =
        line.ok &&
        line.value?.kind === 'rule' &&
        line.value.rule.expression === rule.expression &&
        line.value.rule.comment === (rule.comment || null);
    if (!isSame) {
        const why = line.ok
            ? 'it would not be read back as typed'
            : line.error.message;
        throw new UsageError(
            `'${toPrintable(text, 120)}' cannot be ` + `stored: ${why}`,
        );
    }
}

function distinct(wanted: readonly Wanted[]): Wanted[] {
    return [...new Map(wanted.map((rule) => [rule.expression, rule])).values()];
}

/** Each rule and what it means; why it is not as typed, once. */
export function describeAll(
    owner: QubeName,
    rules: readonly Added[],
    isTrial: boolean,
    context: EndingContext,
): string[] {
    const said = new Set<string | null>();
    return rules.flatMap((rule) => {
        const { expression, typed, isNew, narrowed } = rule;
        const { meaning, why } = narrowed;
        const isNews =
            isNew && why !== null && expression !== typed && !said.has(why);
        said.add(why);
        return withDetails(
            `${owner}: ${expression} ${whatBecame(rule, isTrial, context)}`,
            [
                meaning,
                ...(isNews ? [why] : []),
                ...describeCovering(rule.covering, 'already', context),
            ],
        );
    });
}

function whatBecame(
    rule: Added,
    isTrial: boolean,
    context: EndingContext,
): string {
    const { isNew, isRecommented, endedBefore, comment } = rule;
    const now = formatEnding(rule, context);
    if (isNew) {
        const added = isTrial ? 'would be added' : 'added';
        return now === null ? added : `${added}, ${now}`;
    }
    const before = endedBefore && formatEnding(endedBefore, context);
    const [becomes, bare, is] = isTrial
        ? ['would get', 'would lose its comment', 'would be: ']
        : ['now with', 'now without a comment', 'now: '];
    return [
        'is there already',
        ...(isRecommented
            ? [comment === '' ? bare : `${becomes} the comment '${comment}'`]
            : []),
        ...(endedBefore === null
            ? []
            : [`${is}${now ?? noEnd}; before: ${before ?? noEnd}`]),
    ].join(', ');
}

const noEnd = 'no end';

export function addedJson(rule: Added) {
    const { typed, expression, comment, narrowed, isNew, covering } = rule;
    return {
        typed,
        expression,
        comment: comment || null,
        meaning: narrowed.meaning,
        ...endingJson(rule),
        added: isNew,
        by: coveringJson(covering),
    };
}
