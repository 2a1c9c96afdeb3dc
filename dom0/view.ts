import { toPrintable } from '../shared/printable.ts';
import type { FileProblem } from './core/file-problem.ts';
import { qubeOfPath } from './core/history-entry.ts';
import type { Moment } from './core/moment.ts';
import { type Placements, place } from './core/place.ts';
import type { Served, System } from './core/qube.ts';
import { parseRuleText } from './core/rule-file.ts';
import { noFile, type RuleFiles } from './core/rule-files.ts';
import {
    type SharedFiles,
    type Tagged,
    withSharedFile,
} from './core/shared-files.ts';
import { servedQubes } from './core/starting.ts';
import { type Stopped, stoppedFile } from './core/stopped.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { shownConfig } from './paths.ts';
import { readMoment } from './read-moment.ts';

/** What dom0 knows at one moment, and what follows from it. */
export interface View {
    readonly system: System;
    readonly serve: Served;
    readonly files: RuleFiles;
    readonly shared: SharedFiles;
    readonly tagged: Tagged;
    readonly moment: Moment;
    readonly stopped: Stopped;
    readonly strays: readonly FileProblem[];
    readonly ignored: readonly FileProblem[];
    readonly placements: Placements;
}

/** Reads all rule files and asks Qubes for all qubes. */
export async function look(deps: Deps): Promise<View> {
    return lookWith(deps, await readStopped(deps));
}

/** The same, if those were stopped. */
export async function lookWith(deps: Deps, stopped: Stopped): Promise<View> {
    const { tagged } = deps.inventory;
    const [read, qubes] = await Promise.all([
        readRules(deps, tagged),
        readQubes(deps),
    ]);
    return placed({ ...read, ...qubes, stopped });
}

/**
 * Reads all rule files again. For who holds a ProxyVM's lock since before that
 * view, and is to visit it: what it says of the qubes is young enough.
 */
export async function lookAtRules(
    deps: Deps,
    { system, serve, tagged }: View,
): Promise<View> {
    const stopped = await readStopped(deps);
    const read = await readRules(deps, async (tags) =>
        tags.every((tag) => tagged.has(tag))
            ? tagged
            : deps.inventory.tagged(tags),
    );
    return placed({ ...read, system, serve, stopped });
}

function placed(known: Omit<View, 'placements'>): View {
    return { ...known, placements: place(known) };
}

/** Who starts is read beside: who has started since is in the system. */
async function readQubes(deps: Deps) {
    const [starting, system] = await Promise.all([
        deps.starting.read(),
        deps.inventory.all(),
    ]);
    return { system, serve: servedQubes(system, starting, deps.monotonicMs()) };
}

/** Qubes is asked for the tags that there are files of, and no others. */
export async function readRules(
    deps: Deps,
    tagged: Deps['inventory']['tagged'],
) {
    const rules = await deps.rules.readAll();
    const tags = [...rules.shared.tags.keys()];
    const { moment, problems } = await readMoment(deps, rules);
    return {
        ...rules,
        strays: [...rules.strays, ...problems],
        timeProblems: problems,
        tagged: await tagged(tags),
        moment,
    };
}

/** Who is stopped. Without knowing that, no ProxyVM is told anything. */
export async function readStopped(deps: Deps): Promise<Stopped> {
    const stopped = await deps.stopped.read();
    if (!stopped.ok) {
        throw new Failure(explainUnreadable(stopped.error).join('\n'));
    }
    return stopped.value;
}

/** What it means that the file cannot be read, and what to do. */
export function explainUnreadable(error: string): string[] {
    return [
        `${shownConfig}/${stoppedFile}: ${toPrintable(error)}`,
        '    It says which qubes are stopped: until it can be read, no ' +
            'ProxyVM is told anything.',
        '    to write it anew, all qubes stopped: qvm-filterproxy kill-all',
        '    to write it anew, none stopped: qvm-filterproxy start --all',
    ];
}

/** The view if the rule files were these. */
export function withFiles(view: View, files: RuleFiles): View {
    return placed({ ...view, files });
}

/** The view if that were in some files, by their paths. */
export function withTexts(
    view: View,
    texts: ReadonlyMap<string, string>,
): View {
    const files = new Map(view.files);
    let { shared } = view;
    for (const [path, text] of texts) {
        const content = parseRuleText(path, text);
        const name = qubeOfPath(path);
        if (name === null) {
            shared = withSharedFile(shared, path, content);
        } else {
            const { owner } = files.get(name) ?? noFile;
            files.set(name, { content, owner });
        }
    }
    return placed({ ...view, files, shared });
}

/** The view if that were the moment. */
export function withMoment(view: View, moment: Moment): View {
    return placed({ ...view, moment });
}

/** The view if those were stopped. */
export function withStopped(view: View, stopped: Stopped): View {
    return placed({ ...view, stopped });
}
