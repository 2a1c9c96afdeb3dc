// `suggest` makes rules of what a qube asked for, and adds those that the user
// takes, as `allow` does.

import type { CommandDeps } from '../../command-deps.ts';
import { allRules } from '../../core/effective-rules.ts';
import { askedHosts } from '../../core/learned.ts';
import type { Qube } from '../../core/qube.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import { type Suggested, suggest } from '../../core/suggest.ts';
import { Failure } from '../../failure.ts';
import { type FoundRequests, findLearned } from '../../find-learned.ts';
import { look, type View } from '../../view.ts';
import { describeAsked, suggestedJson } from '../format/suggest.ts';
import { knownRules } from '../known-rules.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { pickPatterns } from '../pick-suggestions.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import { allow } from './allow.ts';
import { mendFirst } from './rule-change.ts';

export interface SuggestArguments extends Options {
    readonly qube: string;
    /** All of them, without asking. */
    readonly all: boolean;
    /** A disposable's template is meant. */
    readonly template: boolean;
    /** Whether the user may be asked. */
    readonly isAsking: boolean;
}

const plainRules = {
    asIs: false,
    comment: null,
    expire: null,
    untilShutdown: false,
} as const;

/** Suggests rules, and adds some. */
export async function suggestRules(
    deps: CommandDeps,
    args: SuggestArguments,
): Promise<Output> {
    const name = parseTypedName(args.qube);
    const view = await look(deps);
    const qube = expectClient(view.system, name);
    const rules = expectAllowList(view, qube);
    const found = await findLearned(deps, view, qube);
    if (found.entries.length === 0 && found.unnamed === 0) {
        throw new Failure(describeNothing(qube, found));
    }
    const lines = allRules(rules).map(({ confined }) => confined);
    const suggested = suggest(
        askedHosts(found.entries, found.since !== null),
        lines,
    );
    const add = (patterns: readonly string[], dryRun: boolean) =>
        allow(deps, { ...args, ...plainRules, patterns, dryRun });
    const patterns = await choose(deps, qube, suggested, args, (some) =>
        add(some, true),
    );
    const json = {
        version: jsonVersion,
        command: 'suggest',
        qube: name,
        dryRun: args.dryRun,
        ...suggestedJson(suggested, found),
    };
    const shown = describeAsked(qube, suggested, found);
    const warnings = found.trouble === null ? [] : [found.trouble];
    if (patterns.length === 0) {
        const hint = suggested.suggestions.length === 0 ? [] : [hintFor(qube)];
        const lines = [...shown, ...hint];
        return {
            lines,
            warnings,
            json: { ...json, added: null },
            failed: false,
        };
    }
    const added = await add(patterns, args.dryRun);
    return {
        lines: [...(args.all ? shown : []), ...added.lines],
        warnings: [...warnings, ...added.warnings],
        json: { ...json, added: added.json },
        failed: added.failed,
    };
}

function expectAllowList(view: View, qube: Qube) {
    const rules = knownRules(view, qube);
    if (!rules.ok) {
        throw new Failure(mendFirst(rules.error));
    }
    if (rules.value.default === 'allow') {
        throw new Failure(
            `${qube.name} has a block list: it reaches all hosts but those, so ` +
                'there is nothing to suggest',
        );
    }
    return rules.value;
}

function describeNothing({ name }: Qube, found: FoundRequests): string {
    return withDetails(`nothing is known of what ${name} asked for`, [
        ...(found.trouble === null ? [] : [found.trouble]),
        `to let it show that: qvm-filterproxy learn ${name} --for 30m`,
    ]).join('\n');
}

function hintFor(qube: Qube): string {
    const { name } = qube;
    const template = ruleOwnerName(qube) === name ? '' : ' --template';
    return `to add them: qvm-filterproxy suggest ${name} --all${template}`;
}

async function choose(
    deps: CommandDeps,
    { name }: Qube,
    { suggestions }: Suggested,
    { all, isAsking }: SuggestArguments,
    preview: (patterns: readonly string[]) => Promise<Output>,
): Promise<readonly string[]> {
    if (all) {
        return suggestions.map(({ pattern }) => pattern);
    }
    return isAsking && suggestions.length > 0 && deps.editor.isAtTerminal()
        ? pickPatterns(deps, name, suggestions, preview)
        : [];
}
