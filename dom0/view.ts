import type { QubeName } from '../shared/domain/qube-name.ts';
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
    /** Whose visit needs no other look: see look-locked.ts. */
    readonly locked: Locked | null;
}

/** A ProxyVM that is locked since before the look, for one visit. */
export interface Locked {
    /** Whether it is that one, and it was not visited yet. */
    readonly isFor: (proxyvm: QubeName) => boolean;
    /** Runs an action as its visit, and releases it. */
    readonly visit: <T>(action: () => Promise<T>) => Promise<T>;
}

/** Reads all rule files and asks Qubes for all qubes. */
export async function look(deps: Deps): Promise<View> {
    return lookWith(deps, await readStopped(deps));
}

/** The same, but the qubes are those that the view has. */
export function lookAgain(deps: Deps, { system }: View): Promise<View> {
    const inventory = { ...deps.inventory, all: async () => system };
    return look({ ...deps, inventory });
}

/** The same as look, if those were stopped. */
export async function lookWith(deps: Deps, stopped: Stopped): Promise<View> {
    const [{ rules, tagged, moment }, starting, system] = await Promise.all([
        readRules(deps),
        deps.starting.read(),
        deps.inventory.all(),
    ]);
    const serve = servedQubes(system, starting, deps.monotonicMs());
    const known = { system, serve, ...rules, tagged, moment, stopped };
    return { ...known, placements: place(known), locked: null };
}

/** Qubes is asked for the tags that there are files of, and no others. */
async function readRules(deps: Deps) {
    const rules = await deps.rules.readAll();
    const tags = [...rules.shared.tags.keys()];
    const { moment, problems } = await readMoment(deps, rules);
    return {
        rules: { ...rules, strays: [...rules.strays, ...problems] },
        tagged: await deps.inventory.tagged(tags),
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
    const placements = place({ ...view, files });
    return { ...view, files, placements };
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
    const placements = place({ ...view, files, shared });
    return { ...view, files, shared, placements };
}

/** The view if that were the moment. */
export function withMoment(view: View, moment: Moment): View {
    const placements = place({ ...view, moment });
    return { ...view, moment, placements };
}

/** The view if those were stopped. */
export function withStopped(view: View, stopped: Stopped): View {
    const placements = place({ ...view, stopped });
    return { ...view, stopped, placements };
}
