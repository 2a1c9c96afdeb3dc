// Adds what ProxyVMs counted to the sums in dom0.
import { setImmediate } from 'node:timers/promises';
import type { QubeName } from '../shared/domain/qube-name.ts';
import { askForUsage, type Heard } from './ask-usage.ts';
import type { CallFailure } from './core/agent-answer.ts';
import type { FileProblem } from './core/file-problem.ts';
import { answeredFor, withSpan } from './core/usage/span.ts';
import { type FileUsage, isNews } from './core/usage/usage-file.ts';
import {
    clientsIn,
    countedFiles,
    countingProxyvms,
    newUsage,
    ownerOf,
    withCounters,
    withoutGone,
} from './core/usage/usage-of-files.ts';
import type { Deps } from './deps.ts';
import type { View } from './view.ts';
import { contentsIn } from './words/files.ts';

export interface Collected {
    /** By rule file, of those that are or were counted. */
    readonly usages: ReadonlyMap<string, FileUsage>;
    /** ProxyVMs that did not tell. */
    readonly failures: ReadonlyMap<QubeName, CallFailure>;
    /** Sums that cannot be read, which are left as they are. */
    readonly problems: readonly FileProblem[];
}

const nothingCounted: Collected = {
    usages: new Map(),
    failures: new Map(),
    problems: [],
};

/** Runs an action while nobody else of us changes sums. */
export function withUsageLock<T>(
    { withLock }: Pick<Deps, 'withLock'>,
    action: () => Promise<T>,
): Promise<T> {
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return withLock('.usage', action);
}

/**
 * Adds what all ProxyVMs say that count. Under the lock from asking on, so
 * that no older answer comes after a newer one.
 */
export async function collectUsage(deps: Deps, view: View): Promise<Collected> {
    const { system } = view;
    const clients = clientsIn(view);
    const proxyvms = countingProxyvms(clients);
    if (proxyvms.length === 0 && (await deps.usage.list()).length === 0) {
        return nothingCounted;
    }
    return withUsageLock(deps, async () => {
        const heard = await askForUsage(deps, view, clients, proxyvms);
        const files = [...countedFiles(clients), ...(await deps.usage.list())];
        const contents = new Map(contentsIn(view));
        const now = Math.floor(deps.now().getTime() / 1000);
        return updateAll(deps, view, files, heard, (usage, file) => {
            const content = contents.get(file);
            if (content === undefined) {
                return null;
            }
            const kept = content.ok
                ? withoutGone(usage, content.value.rules, system)
                : usage;
            const answered = answeredFor(file, clients, heard.isMissing);
            return withSpan(kept, answered, now);
        });
    });
}

/**
 * Adds what some ProxyVMs say before it is lost. The view may be older than
 * the rule files, so no sums go.
 */
export function collectUsageOf(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
): Promise<Collected> {
    return withUsageLock(deps, async () => {
        const clients = clientsIn(view);
        const heard = await askForUsage(deps, view, clients, proxyvms);
        const files = countedFiles([...heard.counters.keys()]);
        return updateAll(deps, view, files, heard, (usage) => usage);
    });
}

/** Null: the file is not there any more, and its sums go. */
type Finish = (usage: FileUsage, file: string) => FileUsage | null;

async function updateAll(
    deps: Deps,
    view: View,
    files: readonly string[],
    { counters, failures }: Heard,
    finish: Finish,
): Promise<Collected> {
    const usages = new Map<string, FileUsage>();
    const problems: FileProblem[] = [];
    for (const file of new Set(files)) {
        const read = await deps.usage.read(file);
        if (!read.ok) {
            problems.push(read.error);
            continue;
        }
        const added = await withAll(read.value, file, view, counters);
        const usage = finish(added, file);
        await store(deps, file, read.value, usage);
        if (usage !== null) {
            usages.set(file, usage);
        }
    }
    return { usages, failures, problems };
}

async function store(
    { usage }: Deps,
    file: string,
    before: FileUsage | null,
    after: FileUsage | null,
): Promise<void> {
    if (after === null) {
        await usage.delete(file);
    } else if (before === null || isNews(before, after)) {
        await usage.write(file, after);
    }
}

/** Those of an earlier qube of that name are not its own. */
async function withAll(
    before: FileUsage | null,
    file: string,
    { system }: View,
    counters: Heard['counters'],
): Promise<FileUsage> {
    const owner = ownerOf(file, system);
    let usage = before?.owner === owner ? before : newUsage(owner);
    for (const [{ rules }, counted] of counters) {
        if (rules !== null) {
            usage = withCounters(usage, file, rules, counted);
            // Many rules take long: the daemon has other things to do as well.
            await setImmediate();
        }
    }
    return usage;
}
