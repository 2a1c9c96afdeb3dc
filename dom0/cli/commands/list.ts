import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { defaultIn } from '../../core/default.ts';
import type { FileProblem } from '../../core/file-problem.ts';
import type { Moment } from '../../core/moment.ts';
import { looseRules, orphan } from '../../core/notices.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { hasRules, type KnownFile } from '../../core/rule-files.ts';
import { noSharedFiles } from '../../core/shared-files.ts';
import {
    type Held,
    holdOn,
    nobodyStopped,
    type Stopped,
} from '../../core/stopped.ts';
import type { Deps } from '../../deps.ts';
import { readMoment } from '../../read-moment.ts';
import { explainUnreadable } from '../../view.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import type { EndingContext } from '../format/ending.ts';
import { describeHeld, heldJson } from '../format/held.ts';
import { reachOf } from '../format/reach.ts';
import { formatRules, ruleJson } from '../format/rules.ts';
import { explainForeignFile } from '../format/unserved.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';

/** A rule file, the qube that it is for, and how it was asked for. */
interface Entry {
    readonly name: QubeName;
    /** Null when there is no such qube any more. */
    readonly qube: Qube | null;
    readonly file: KnownFile;
    /** A disposable with the rules of that name. */
    readonly disposable: QubeName | null;
    readonly held: Held | null;
    /** What the ends of its rules are told by. */
    readonly moment: Moment;
}

/** Prints the rules of some qubes, or of all that have some. */
export async function list(
    deps: Deps,
    args: { readonly qubes: readonly string[] },
): Promise<Output> {
    const stopped = await deps.stopped.read();
    const known = stopped.ok ? stopped.value : nobodyStopped;
    const output = await (args.qubes.length > 0
        ? listNamed(deps, args.qubes, known)
        : listAll(deps, known));
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
    untrusted_names: readonly string[],
    stopped: Stopped,
): Promise<Output> {
    const names = [...new Set(untrusted_names.map(parseTypedName))];
    const entries = await Promise.all(
        names.map((name) => entryOf(deps, name, stopped)),
    );
    const files = new Map(entries.map(({ name, file }) => [name, file]));
    const read = await readMoment(deps, { files, shared: noSharedFiles });
    const { moment } = read;
    return withProblems(
        join(entries.map((entry) => describe({ ...entry, moment }))),
        read.problems,
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

async function listAll(deps: Deps, stopped: Stopped): Promise<Output> {
    const [rules, system] = await Promise.all([
        deps.rules.readAll(),
        deps.inventory.all(),
    ]);
    const { files, ignored } = rules;
    const { moment, problems } = await readMoment(deps, rules);
    const strays = [...rules.strays, ...problems];
    const entries = [...files]
        .filter(([, file]) => hasRules(file))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, file]) => {
            const qube = system.get(name) ?? null;
            const held = qube && holdOn(stopped, qube, system);
            const disposable = null;
            return describe({ name, qube, file, disposable, held, moment });
        });
    const output = join(entries);
    return {
        ...output,
        lines: entries.length === 0 ? ['no qube has rules'] : output.lines,
        warnings: [
            ...output.warnings,
            ...formatProblems([...strays, ...ignored]),
        ],
        json: {
            ...output.json,
            problems: strays.map(problemJson),
            warnings: ignored.map(problemJson),
        },
        failed: output.failed || strays.length > 0,
    };
}

async function entryOf(
    deps: Deps,
    name: QubeName,
    stopped: Stopped,
): Promise<Omit<Entry, 'moment'>> {
    const asked = await deps.inventory.one(name);
    const owner = asked === null ? name : ruleOwnerName(asked);
    const file = await deps.rules.read(owner);
    const hasFile = !file.content.ok || file.content.value.text !== '';
    if (asked === null && hasFile) {
        return { name, qube: null, file, disposable: null, held: null };
    }
    const client = expectClient(name, asked);
    const isOwner = owner === name;
    const qube = isOwner ? client : await deps.inventory.one(owner);
    const system = new Map(qube === null ? [] : [[owner, qube]]);
    return {
        name: owner,
        qube,
        file,
        disposable: isOwner ? null : name,
        held: holdOn(stopped, client, system),
    };
}

function describe(entry: Entry): Output {
    const { name, file } = entry;
    const rules = file.content.ok ? file.content.value.rules : [];
    const problems = file.content.ok ? [] : file.content.error;
    const loose = looseRules(ruleFilePath(name), file.content);
    return {
        lines:
            problems.length === 0
                ? [heading(entry), ...formatRules(rules, contextOf(entry))]
                : [],
        warnings: [
            ...formatProblems([...problems, ...loose]),
            ...formatOwner(entry),
        ],
        json: {
            qube: name,
            file: ruleFilePath(name),
            exists: entry.qube !== null,
            inForce: !isOfAnother(entry),
            stopped: heldJson(entry.held),
            default: file.content.ok ? defaultIn(file.content) : null,
            rules: rules.map(ruleJson),
            problems: problems.map(problemJson),
            warnings: loose.map(problemJson),
        },
        failed: problems.length > 0,
    };
}

function contextOf({ moment, qube }: Entry): EndingContext {
    return { moment, xid: qube?.xid ?? null };
}

function heading(entry: Entry): string {
    const { name, file, disposable, held } = entry;
    const whose = disposable === null ? name : `${disposable}, as ${name}`;
    const start = held?.through === 'template' ? name : (disposable ?? name);
    const stopped = held === null ? '' : `, ${describeHeld(held, start)}`;
    const isIdle = !hasRules(file) && held === null;
    const rest = isIdle ? ', so no proxy answers it' : '';
    return `${whose}${describeGone(entry)}: ${reachOf(file.content)}${rest}${stopped}`;
}

function describeGone(entry: Entry): string {
    if (entry.qube === null) {
        return ' (there is no such qube)';
    }
    return isOfAnother(entry) ? ' (an earlier qube)' : '';
}

/** Not in force: rules for an earlier qube of that name. */
function isOfAnother({ qube, file }: Entry): boolean {
    const isRecorded = qube !== null && file.owner !== null;
    return hasRules(file) && isRecorded && file.owner !== qube.uuid;
}

function formatOwner(entry: Entry): string[] {
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

function join(outputs: readonly Output[]): Output {
    return {
        lines: outputs.flatMap((output) => output.lines),
        warnings: outputs.flatMap((output) => output.warnings),
        json: {
            version: jsonVersion,
            command: 'list',
            qubes: outputs.map((output) => output.json),
            problems: [],
            warnings: [],
        },
        failed: outputs.some((output) => output.failed),
    };
}
