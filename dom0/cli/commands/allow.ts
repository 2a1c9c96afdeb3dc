import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { type NarrowedPattern, narrow } from '../../../shared/pattern/index.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { ok } from '../../../shared/result.ts';
import {
    addRules,
    findRule,
    isRecommented,
    type NewRule,
} from '../../core/edit-rule-file.ts';
import { parseFileLine } from '../../core/file-line.ts';
import { isSettled } from '../../core/judge-situation.ts';
import { renderRuleLine } from '../../core/rule-line.ts';
import { unreachableAddress } from '../../core/unreachable.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { look } from '../../view.ts';
import { pointAt } from '../../words/problem.ts';
import { chooseOwner } from '../choose-owner.ts';
import { formatSetAside } from '../format/removed.ts';
import { openWay } from '../open-way.ts';
import type { Options } from '../options.ts';
import { type Output, withDetails } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import { UsageError } from '../usage-error.ts';
import { changeAndTell } from './rule-change.ts';

export interface AllowArguments extends Options {
    readonly qube: string;
    readonly patterns: readonly string[];
    readonly asIs: boolean;
    readonly comment: string | null;
    /** A disposable's template is meant. */
    readonly template: boolean;
}

interface Wanted extends NewRule {
    readonly typed: string;
    readonly narrowed: NarrowedPattern;
}

type Added = Wanted & {
    readonly isNew: boolean;
    /** It was there with another comment. */
    readonly isRecommented: boolean;
};

/** Adds rules to a qube's file and puts them in force. */
export async function allow(deps: Deps, args: AllowArguments): Promise<Output> {
    const wanted = readPatterns(args);
    const name = parseTypedName(args.qube);
    const view = await look(deps);
    const qube = expectClient(name, view.system.get(name));
    const owner = chooseOwner(view.system, qube, args.template);
    const changed = await changeAndTell<Added[]>(deps, view, {
        command: 'allow',
        owner,
        isTrial: args.dryRun,
        isVerbose: args.verbose,
        isDraining: false,
        done: 'stored',
        isAsPromised: isSettled,
        edit: (file) =>
            ok({
                text: addRules(file, wanted),
                note: wanted.map((rule) => ({
                    ...rule,
                    isNew: findRule(file, rule.expression) === undefined,
                    isRecommented: isRecommented(file, rule),
                })),
            }),
    });
    const { note, setAside, effect, output } = changed;
    const { around, open } = await openWay(deps, qube, effect);
    const added = describeAll(owner.name, note, args.dryRun);
    return {
        ...output,
        lines: [
            ...added,
            ...formatSetAside(setAside, args.dryRun),
            ...output.lines,
            ...open,
        ],
        warnings: [...output.warnings, ...warnUnreachable(owner.name, note)],
        json: {
            ...output.json,
            rules: note.map(toJson),
            wayAround: around,
        },
    };
}

/** What is typed as it is to be stored, or all that is wrong with it. */
function readPatterns(args: AllowArguments): Wanted[] {
    const { comment, asIs } = args;
    const problems: string[] = [];
    const wanted: Wanted[] = [];
    for (const typed of args.patterns) {
        const narrowed = narrow(typed, { asIs });
        if (narrowed.ok) {
            const expression = narrowed.value.stored;
            wanted.push({
                typed,
                expression,
                comment,
                narrowed: narrowed.value,
            });
        } else {
            const { message, at } = narrowed.error;
            problems.push(message, ...pointAt(typed, at));
        }
    }
    if (problems.length > 0) {
        throw new Failure(['nothing was changed:', ...problems].join('\n'));
    }
    wanted.forEach(checkStorable);
    return distinct(wanted);
}

/** A rule must come out of its file as it goes in. */
function checkStorable(rule: NewRule): void {
    const line = parseFileLine(renderRuleLine(rule));
    const isSame =
        line.ok &&
        line.value?.kind === 'rule' &&
        line.value.rule.expression === rule.expression &&
        line.value.rule.comment === rule.comment;
    if (!isSame) {
        const why = line.ok
            ? 'it would not be read back as typed'
            : line.error.message;
        throw new UsageError(
            `'${toPrintable(renderRuleLine(rule), 120)}' cannot be ` +
                `stored: ${why}`,
        );
    }
}

function distinct(wanted: readonly Wanted[]): Wanted[] {
    return [...new Map(wanted.map((rule) => [rule.expression, rule])).values()];
}

/** Each rule and what it means; why it is not as typed, once. */
function describeAll(
    owner: QubeName,
    rules: readonly Added[],
    isTrial: boolean,
): string[] {
    const said = new Set<string>();
    return rules.flatMap((rule) => {
        const { expression, typed, isNew, narrowed } = rule;
        const { meaning, why = '' } = narrowed;
        const isNews =
            isNew && why !== '' && expression !== typed && !said.has(why);
        said.add(why);
        return withDetails(
            `${owner}: ${expression} ${whatBecame(rule, isTrial)}`,
            isNews ? [meaning, why] : [meaning],
        );
    });
}

function whatBecame(
    { isNew, isRecommented, comment }: Added,
    isTrial: boolean,
): string {
    if (isNew) {
        return isTrial ? 'would be added' : 'added';
    }
    return isRecommented
        ? `is there already, ${isTrial ? 'would get' : 'now with'} the ` +
              `comment '${comment}'`
        : 'is there already';
}

function warnUnreachable(owner: QubeName, rules: readonly Added[]): string[] {
    return rules.flatMap(({ expression }) => {
        const address = unreachableAddress(expression);
        return address === null
            ? []
            : [
                  `${owner}: ${address} is no public address; in this version ` +
                      'the proxy never connects there',
              ];
    });
}

function toJson({ typed, expression, comment, narrowed, isNew }: Added) {
    const { meaning } = narrowed;
    return { typed, expression, comment, meaning, added: isNew };
}
