// What is said of a qube that was given a whole file of rules.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { looseRules } from '../../core/notices.ts';
import type { Qube } from '../../core/qube.ts';
import type { RemovedFile } from '../../core/removed.ts';
import type { RuleFile } from '../../core/rule-file.ts';
import { noFile } from '../../core/rule-files.ts';
import type { Deps } from '../../deps.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { formatSetAside } from '../format/removed.ts';
import { countRules, formatFirstRules, ruleJson } from '../format/rules.ts';
import { openWay } from '../open-way.ts';
import { type Output, withDetails } from '../output.ts';
import type { Changed } from './rule-change.ts';

interface Given {
    /** Whose they were, e.g. ` of work`. */
    readonly whose: string;
    /** What was done with them, e.g. `restored`. */
    readonly what: string;
    readonly isTrial: boolean;
    /** What is not aside any more. */
    readonly restored: RemovedFile | null;
    readonly json: Readonly<Record<string, unknown>>;
}

/** The report of a change, with the rules that the qube has by it. */
export async function withNewRules(
    deps: Deps,
    { setAside, effect, output }: Changed<unknown>,
    owner: Qube,
    { whose, what, isTrial, restored, json }: Given,
): Promise<Output> {
    const file = effect.view.files.get(owner.name) ?? noFile;
    const rules = file.content.ok ? file.content.value.rules : [];
    const loose = looseRules(owner.name, file);
    const { around, open } = await openWay(deps, owner, effect);
    const count = countRules(rules);
    return {
        ...output,
        lines: [
            `${owner.name}: ${count}${whose} ${isTrial ? 'would be ' : ''}${what}`,
            ...formatFirstRules(rules, `qvm-filterproxy list ${owner.name}`),
            ...(isTheSame(setAside, restored)
                ? []
                : formatSetAside(setAside, isTrial)),
            ...output.lines,
            ...open,
        ],
        warnings: [...output.warnings, ...formatProblems(loose)],
        json: {
            ...output.json,
            ...json,
            rules: rules.map(ruleJson),
            warnings: loose.map(problemJson),
            wayAround: around,
        },
    };
}

/** On trial, what is restored may be seen in the way of itself. */
function isTheSame(one: RemovedFile | null, other: RemovedFile | null) {
    return one !== null && one.uuid === other?.uuid;
}

/** Why a qube with rules is not given others, and what to do first. */
export function describeTaken(qube: QubeName, { rules }: RuleFile): string {
    const count = rules.length;
    const numbers = count === 1 ? '1' : `$(seq ${count})`;
    return withDetails(`nothing was changed: ${qube} has rules already`, [
        `to see them: qvm-filterproxy list ${qube}`,
        `to take them back: qvm-filterproxy remove ${qube} ${numbers}`,
    ]).join('\n');
}
