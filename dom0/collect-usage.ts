// Adds what ProxyVMs counted to the sums in dom0.
import { setImmediate } from 'node:timers/promises';
import type { QubeName } from '../shared/domain/qube-name.ts';
import { walkOver } from './ask.ts';
import { askForUsage, type Heard, notHeard } from './ask-usage.ts';
import { type CallFailure, callFailure } from './core/agent-answer.ts';
import { contentsIn } from './core/contents.ts';
import type { FileProblem } from './core/file-problem.ts';
import { isRunning } from './core/qube.ts';
import { answeredFor, withSpan } from './core/usage/span.ts';
import type { FileUsage } from './core/usage/usage-file.ts';
import {
    type Client,
    clientsIn,
    countedFiles,
    countingProxyvms,
    withCounters,
    withoutGone,
} from './core/usage/usage-of-files.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { type Sums, updateSums, withUsageLock } from './usage-sums.ts';
import type { View } from './view.ts';

export interface Collected extends Sums {
    /** ProxyVMs that did not tell. */
    readonly failures: ReadonlyMap<QubeName, CallFailure>;
}

const nothingCounted: Collected = {
    usages: new Map(),
    failures: new Map(),
    problems: [],
};

/**
 * Adds what ProxyVMs say that count, for some rule files or for all: those that
 * count for none of them are not asked. One that hangs keeps none of the others
 * from being added.
 */
export async function collectUsage(
    deps: Deps,
    view: View,
    only: readonly string[] | null = null,
): Promise<Collected> {
    const isMeant = (file: string) => only?.includes(file) ?? true;
    const { system } = view;
    const clients = clientsIn(view).filter(({ files }) => files.some(isMeant));
    const proxyvms = countingProxyvms(clients);
    const known = (await deps.usage.list()).filter(isMeant);
    if (proxyvms.length === 0 && known.length === 0) {
        return nothingCounted;
    }
    const dropped = await dropGone(deps, view, known);
    const running = proxyvms.filter((name) => isRunning(system, name));
    const heard = await walkOver(deps, 'asking', running, (proxyvm) =>
        addFrom(deps, view, clients, proxyvm),
    );
    const contents = new Set(contentsIn(view).map(([file]) => file));
    const files = [...countedFiles(clients), ...known].filter(
        (file) => isMeant(file) && contents.has(file),
    );
    const missing = new Set(heard.flatMap((each) => each.missing));
    const updated = await withUsageLock(deps, () => {
        const now = Math.floor(deps.now().getTime() / 1000);
        const isMissing = (client: Client) => missing.has(client);
        return updateSums(deps, view, files, (usage, file) =>
            withSpan(usage, answeredFor(file, clients, isMissing), now),
        );
    });
    const problems = [...dropped, ...updated.problems];
    return {
        usages: updated.usages,
        failures: failuresIn(running, heard),
        problems: [
            ...new Map(problems.map((each) => [each.file, each])).values(),
        ],
    };
}

/**
 * Before anybody is asked: later the view may be older than files that others
 * have counted for.
 */
async function dropGone(
    deps: Deps,
    view: View,
    files: readonly string[],
): Promise<readonly FileProblem[]> {
    if (files.length === 0) {
        return [];
    }
    const contents = new Map(contentsIn(view));
    const { problems } = await withUsageLock(deps, () =>
        updateSums(deps, view, files, (usage, file) => {
            const content = contents.get(file);
            if (content === undefined) {
                return null;
            }
            return content.ok
                ? withoutGone(usage, content.value.rules, view.system)
                : usage;
        }),
    );
    return problems;
}

function failuresIn(
    proxyvms: readonly QubeName[],
    heard: readonly Heard[],
): Map<QubeName, CallFailure> {
    return new Map(
        proxyvms.flatMap((proxyvm, index) => {
            const failure = heard[index]?.failure ?? null;
            return failure === null ? [] : [[proxyvm, failure] as const];
        }),
    );
}

/**
 * Adds what a ProxyVM says before it is lost. The view may be older than the
 * rule files, so no sums go.
 */
export async function collectUsageOf(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
): Promise<void> {
    if (isRunning(view.system, proxyvm)) {
        await addFrom(deps, view, clientsIn(view), proxyvm);
    }
}

/**
 * Under a lock of that ProxyVM's own from asking on, so that no older answer
 * comes after a newer one.
 */
async function addFrom(
    deps: Deps,
    view: View,
    clients: readonly Client[],
    proxyvm: QubeName,
): Promise<Heard> {
    try {
        return await deps.withLock(`.usage.${proxyvm}`, async () => {
            const heard = await askForUsage(deps, view, clients, proxyvm);
            const { counters } = heard;
            const files = countedFiles([...counters.keys()]);
            await withUsageLock(deps, () =>
                updateSums(deps, view, files, (usage, file) =>
                    withAll(usage, file, counters),
                ),
            );
            return heard;
        });
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        const failure = callFailure('not-called', error.message);
        return notHeard(clients, proxyvm, failure);
    }
}

async function withAll(
    before: FileUsage,
    file: string,
    counters: Heard['counters'],
): Promise<FileUsage> {
    let usage = before;
    for (const [{ rules }, counted] of counters) {
        if (rules !== null) {
            usage = withCounters(usage, file, rules, counted);
            // Many rules take long: the daemon has other things to do as well.
            await setImmediate();
        }
    }
    return usage;
}
