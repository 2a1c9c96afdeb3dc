import { contentsIn } from '../../core/contents.ts';
import type { AllFiles } from '../../core/effective-rules.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import { orphan } from '../../core/notices.ts';
import { hasRules } from '../../core/rule-files.ts';
import { setFiles, tagFiles } from '../../core/sources.ts';
import { holdOn, nobodyStopped, type Stopped } from '../../core/stopped.ts';
import type { Deps } from '../../deps.ts';
import { explainUnreadable, readRules } from '../../view.ts';
import { looseShared, problemsIn } from '../../words/files.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import {
    formatEntry,
    formatShared,
    isOfAnother,
    type ListEntry,
} from '../format/list.ts';
import { entryJson } from '../format/list-json.ts';
import { formatNoRules } from '../format/no-rules.ts';
import { explainForeignFile } from '../format/unserved.ts';
import { entryOf, toEntry } from '../list-entries.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { parseTypedName } from '../resolve-qube.ts';

export interface ListArguments {
    readonly qubes: readonly string[];
    /** All rules that hold, not only those of its own file. */
    readonly effective: boolean;
}

/** Prints the rules of some qubes, or of all that have some. */
export async function list(deps: Deps, args: ListArguments): Promise<Output> {
    const stopped = await deps.stopped.read();
    const known = stopped.ok ? stopped.value : nobodyStopped;
    const output = await (args.qubes.length > 0
        ? listNamed(deps, args, known)
        : listAll(deps, args, known));
    return stopped.ok
        ? output
        : {
              ...output,
              warnings: [
                  ...output.warnings,
                  ...explainUnreadable(stopped.error),
              ],
              failed: true,
          };
}

async function listNamed(
    deps: Deps,
    { qubes, effective }: ListArguments,
    stopped: Stopped,
): Promise<Output> {
    const names = [...new Set(qubes.map(parseTypedName))];
    const rules = await readRules(deps, deps.inventory.tagged);
    const system = hasRuns(rules) ? await deps.inventory.all() : new Map();
    const all = { ...rules, system };
    const entries = await Promise.all(
        names.map((name) => entryOf(deps, all, name, stopped, effective)),
    );
    return withProblems(join(entries), all.timeProblems);
}

/** Whether a rule is for one run of a qube: which ones run is asked then. */
function hasRuns(all: Pick<AllFiles, 'files' | 'shared'>) {
    return contentsIn(all).some(
        ([, content]) =>
            content.ok && content.value.rules.some(({ run }) => run !== null),
    );
}

function withProblems(
    output: Output,
    problems: readonly FileProblem[],
): Output {
    return {
        ...output,
        warnings: [...output.warnings, ...formatProblems(problems)],
        failed: output.failed || problems.length > 0,
    };
}

async function listAll(
    deps: Deps,
    { effective }: ListArguments,
    stopped: Stopped,
): Promise<Output> {
    const [rules, system] = await Promise.all([
        readRules(deps, deps.inventory.tagged),
        deps.inventory.all(),
    ]);
    const all = { ...rules, system };
    const named = [...all.files]
        .filter(([, file]) => hasRules(file))
        .map(([name]) => name);
    const learners = [...all.moment.learners.values()]
        .map(({ name }) => name)
        .filter((name) => system.has(name) && !named.includes(name));
    const entries = [...named, ...learners]
        .sort((one, other) => (one < other ? -1 : 1))
        .map((name) => {
            const qube = system.get(name) ?? null;
            const held = qube && holdOn(stopped, qube, system);
            const asked = { name, qube, client: qube, held };
            return toEntry(all, asked, effective);
        });
    const told = new Set(entries.flatMap((entry) => entry.problems));
    const problems = problemsIn(all).filter((problem) => !told.has(problem));
    const notices = [...all.ignored, ...looseShared(all)];
    const [sets, tags] = [setFiles(all), tagFiles(all)];
    const output = join(entries);
    return {
        lines: [
            ...(entries.length === 0 ? formatNoRules() : output.lines),
            ...formatShared(sets, tags),
        ],
        warnings: [
            ...output.warnings,
            ...formatProblems([...problems, ...notices]),
        ],
        json: {
            ...output.json,
            sets,
            tags,
            problems: problems.map(problemJson),
            warnings: notices.map(problemJson),
        },
        failed: output.failed || problems.length > 0,
    };
}

function formatOwner(entry: ListEntry): string[] {
    const { name, qube, file } = entry;
    if (qube === null && file.owner !== null && hasRules(file)) {
        return formatProblems([orphan(name, file)]);
    }
    if (!isOfAnother(entry)) {
        return [];
    }
    const { what, todo } = explainForeignFile(name);
    return withDetails(what, todo);
}

/** An error that several of them have is told once. */
function join(entries: readonly ListEntry[]): Output {
    const problems = new Set(entries.flatMap((entry) => entry.problems));
    const loose = entries.flatMap((entry) => entry.loose);
    return {
        lines: entries.flatMap(formatEntry),
        warnings: [
            ...formatProblems([...problems]),
            ...formatProblems(loose),
            ...entries.flatMap(formatOwner),
        ],
        json: {
            version: jsonVersion,
            command: 'list',
            qubes: entries.map(entryJson),
            sets: [],
            tags: [],
            problems: [],
            warnings: [],
        },
        failed: problems.size > 0,
    };
}
