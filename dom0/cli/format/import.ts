// What `import` takes over, for people and for programs.

import { describeBlockExcess } from '../../../shared/pattern/index.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { defaultOf } from '../../core/default.ts';
import type {
    ImportPlan,
    ImportProblem,
    PlannedFile,
} from '../../core/import/planned-file.ts';
import { narrowerOf } from '../../core/meaning.ts';
import type { RuleFile } from '../../core/rule-file.ts';
import type { Fate } from '../../import-files.ts';
import { shownConfig } from '../../paths.ts';
import { pointAt, problemJson } from '../../words/problem.ts';
import { type Output, withDetails } from '../output.ts';
import { describeReach } from './reach.ts';
import { formatFirstRules, ruleJson } from './rules.ts';

interface Manner {
    readonly path: string;
    readonly apply: boolean;
    readonly replace: boolean;
    readonly isDone: boolean;
    readonly isPossible: boolean;
}

type Fates = ReadonlyMap<PlannedFile, Fate>;

/** Rules named that match much. */
const mostWide = 20;

/** Problems named of one import; the first are enough to start with. */
const mostProblems = 20;

/** Each file and what its rules match; then what to do next. */
export function formatImportPlan(
    plan: ImportPlan,
    fates: Fates,
    manner: Manner,
): Pick<Output, 'lines' | 'warnings'> {
    const { problems, files } = plan;
    const rest = problems.length - mostProblems;
    return {
        lines: [
            ...files.flatMap((file) =>
                formatFile(file, fates.get(file) ?? 'new', manner),
            ),
            ...(manner.isPossible && !manner.isDone ? [whatNext(fates)] : []),
        ],
        warnings: [
            ...problems.slice(0, mostProblems).flatMap(formatProblem),
            ...(rest > 0 ? [`and ${rest} more`] : []),
            ...plan.remarks,
            ...(manner.isPossible
                ? []
                : [`nothing ${manner.apply ? 'was' : 'can be'} imported`]),
        ],
    };
}

function whatNext(fates: Fates): string {
    return [...fates.values()].every((fate) => fate === 'same')
        ? 'nothing is to be done: all is there already'
        : 'nothing was changed; to do it add --apply';
}

function formatFile(
    planned: PlannedFile,
    fate: Fate,
    { replace, isDone }: Manner,
): string[] {
    const { heading, file, path, remarks } = planned;
    const rules = formatFirstRules(file.rules, `all of ${path}`);
    const what = describeFate(fate, path, replace, isDone);
    const details = [...remarks, ...directivesOf(file), ...wideRules(file)];
    return [
        ...withDetails(
            `${heading}: ${describeReach(defaultOf(file), file.rules)}, ${what}`,
            details,
        ),
        ...rules,
    ];
}

/** Rules that may match more than their author believes. */
function wideRules(file: RuleFile): string[] {
    const describe =
        defaultOf(file) === 'allow' ? describeBlockExcess : narrowerOf;
    const all = file.rules.flatMap(({ expression, line }) => {
        const narrower = describe(expression);
        return narrower === null
            ? []
            : [`line ${line}: ${expression}: ${narrower}`];
    });
    const rest = all.length - mostWide;
    return [
        ...all.slice(0, mostWide),
        ...(rest > 0 ? [`and ${rest} more such lines`] : []),
    ];
}

/** Directives say all that they mean. */
function directivesOf({ directives, text }: RuleFile): string[] {
    const lines = text.split('\n');
    return directives.map(({ line }) => toPrintable(lines[line - 1] ?? ''));
}

function describeFate(
    fate: Fate,
    path: string,
    isReplacing: boolean,
    isDone: boolean,
): string {
    const place = `${shownConfig}/${path}`;
    switch (fate) {
        case 'new':
            return isDone ? `now ${place}` : place;
        case 'same':
            return `${place} is the same already`;
        case 'taken':
            if (isDone) {
                return `${place} was replaced`;
            }
            return isReplacing
                ? `${place} would be replaced`
                : `but ${place} is another one; to replace it add --replace`;
        case 'foreign':
            return (
                `but ${place} is of an earlier qube of that name; to set it ` +
                'aside start with: qvm-filterproxy allow'
            );
    }
}

function formatProblem(problem: ImportProblem): string[] {
    const { file, line, column, message, untrusted_text } = problem;
    const first = `${file}${line === null ? '' : `:${line}`}: ${message}`;
    return untrusted_text === null || column === null
        ? [first]
        : [first, ...pointAt(untrusted_text, column)];
}

/** The same for programs. */
export function planJson(
    { files, remarks, problems }: ImportPlan,
    fates: Fates,
) {
    return {
        files: files.map((planned) => ({
            file: planned.path,
            origin: planned.heading,
            fate: fates.get(planned) ?? 'new',
            rules: planned.file.rules.map(ruleJson),
            remarks: planned.remarks,
        })),
        remarks,
        problems: problems.map(problemJson),
    };
}
