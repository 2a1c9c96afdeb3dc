// What the commands that change rules have in common: a changed file is put in
// force, and what came of it is said.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    type Change,
    type ChangeRefusal,
    changeRules,
} from '../../change-rules.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import type { RemovedFile } from '../../core/removed.ts';
import type { Situation } from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import type { View } from '../../view.ts';
import { formatProblems } from '../../words/problem.ts';
import type { Effect } from '../effect.ts';
import { formatWider } from '../format/connections.ts';
import {
    formatFailures,
    formatPlans,
    formatVisits,
    isWorrying,
    situationsJson,
    visitsJson,
} from '../format/effect.ts';
import { formatLearners } from '../format/learning.ts';
import { removedFileJson } from '../format/removed.ts';
import { explainSituation } from '../format/situation.ts';
import { explainForeignFile } from '../format/unserved.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { putInForce } from '../put-in-force.ts';

export interface RuleChange<Note> extends Change<Note> {
    readonly command:
        | 'allow'
        | 'deny'
        | 'default'
        | 'remove'
        | 'restore'
        | 'copy'
        | 'edit'
        | 'undo';
    readonly isVerbose: boolean;
    /** What is open may go on by the rules of before. */
    readonly isDraining: boolean;
    /** What became of the rules, e.g. `stored`. */
    readonly done: string;
    /** Whether a qube's situation is what the command promises. */
    readonly isAsPromised: (situation: Situation, note: Note) => boolean;
}

export interface Changed<Note> {
    readonly note: Note;
    /** The file of an earlier qube, which was in the way. */
    readonly setAside: RemovedFile | null;
    readonly effect: Effect;
    readonly output: Output;
}

/** Changes a rule file, tells the ProxyVMs, and reports on both. */
export async function changeAndTell<Note>(
    deps: Deps,
    view: View,
    change: RuleChange<Note>,
): Promise<Changed<Note>> {
    const { command, owner, isTrial } = change;
    const edited = await changeRules(deps, change);
    if (!edited.ok) {
        throw new Failure(describeRefusal(owner.name, edited.error));
    }
    const { file, note, setAside } = edited.value;
    const effect = await putInForce(deps, view, owner, file, change);
    const { good, bad } = sortSituations(effect, change, note);
    const failures = formatFailures(effect, isWorrying);
    const output = {
        lines: [
            ...(isTrial
                ? formatPlans(effect.visits)
                : formatVisits(effect, change.isVerbose)),
            ...formatWider(effect),
            ...good,
            ...formatLearners(effect),
        ],
        warnings: [...bad, ...failures],
        json: {
            version: jsonVersion,
            command,
            qube: owner.name,
            file: ruleFilePath(owner.name),
            dryRun: isTrial,
            setAside: setAside && removedFileJson(setAside),
            proxyvms: visitsJson(effect.visits),
            qubes: situationsJson(effect),
        },
        failed: bad.length > 0 || effect.visits.some(isWorrying),
    };
    return { note, setAside, effect, output };
}

/** What keeps a file from being changed, or used. */
export function mendFirst(problems: readonly FileProblem[]): string {
    const lines = formatProblems(problems);
    return ['nothing was changed, mend this first:', ...lines].join('\n');
}

function describeRefusal(owner: QubeName, refusal: ChangeRefusal): string {
    switch (refusal.kind) {
        case 'file-error':
            return mendFirst(refusal.problems);
        case 'edit': {
            const { what, todo } = explainForeignFile(owner);
            const details = refusal.isOfEarlier ? [what, ...todo] : [];
            return withDetails(refusal.message, details).join('\n');
        }
    }
}

/** What there is to say of qubes that are not simply served. */
function sortSituations<Note>(
    { situations, view }: Effect,
    { command, done, isAsPromised, isTrial }: RuleChange<Note>,
    note: Note,
): { good: string[]; bad: string[] } {
    const fate = isTrial ? `would be ${done}` : done;
    const good: string[] = [];
    const bad: string[] = [];
    const isServedSomewhere = [...situations.values()].some(
        ({ kind }) => kind === 'in-force',
    );
    for (const [qube, situation] of situations) {
        const isGood = isAsPromised(situation, note);
        if (situation.kind === 'in-force' || (isGood && isServedSomewhere)) {
            continue;
        }
        const { what, todo } = explainSituation(qube, view.system, situation);
        if (isGood) {
            const isPlain = ['remove', 'default'].includes(command);
            const said = isPlain ? what : `${fate}; ${what}`;
            good.push(...withDetails(`${qube}: ${said}`, todo));
        } else {
            const said = `${fate}, but ${what}`;
            bad.push(...withDetails(`${qube}: ${said}`, todo));
        }
    }
    return { good, bad };
}
