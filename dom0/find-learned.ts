// What is known of a qube's requests: of those since it began to learn, or of
// all that its ProxyVM has.
import type { QubeName } from '../shared/domain/qube-name.ts';
import { askSince, keepLearned, recordedOf } from './collect-learned.ts';
import { allEntries, allUnnamed, type LearnedEntry } from './core/learned.ts';
import { isRunning, type Qube } from './core/qube.ts';
import type { Deps } from './deps.ts';
import type { View } from './view.ts';

export interface FoundRequests {
    readonly entries: readonly LearnedEntry[];
    /** Requests whose host was not kept. */
    readonly unnamed: number;
    /** When it began to learn; null: it did not, in this boot of dom0. */
    readonly since: string | null;
    /** Why there may be more than that. */
    readonly trouble: string | null;
}

export async function findLearned(
    deps: Deps,
    view: View,
    qube: Qube,
): Promise<FoundRequests> {
    const learner = view.moment.learners.get(qube.uuid);
    const known = await deps.learned.read(qube.uuid);
    const since = learner?.since ?? known?.since ?? null;
    const kept = known?.since === since ? known : null;
    const proxyvm = runningNetvm(qube, view);
    if (proxyvm === null) {
        const entries = kept === null ? [] : allEntries(kept);
        return {
            entries,
            unnamed: kept === null ? 0 : allUnnamed(kept),
            since,
            trouble: `${qube.netvm ?? 'its netvm'} does not run`,
        };
    }
    if (since === null) {
        return askOnce(deps, proxyvm, qube);
    }
    const told = await askSince(deps, proxyvm, [since]);
    const learning = { uuid: qube.uuid, since };
    const learned = told.ok
        ? ((await keepLearned(deps, told.value, learning)) ?? kept)
        : kept;
    return {
        entries: learned === null ? [] : allEntries(learned),
        unnamed: learned === null ? 0 : allUnnamed(learned),
        since,
        trouble: told.ok ? null : explain(proxyvm, told.error),
    };
}

async function askOnce(
    deps: Deps,
    proxyvm: QubeName,
    { uuid }: Qube,
): Promise<FoundRequests> {
    const told = await askSince(deps, proxyvm, [null]);
    const found = told.ok ? recordedOf(told.value, uuid, null) : null;
    return {
        entries: found?.entries ?? [],
        unnamed: found?.unnamed ?? 0,
        since: null,
        trouble: told.ok ? null : explain(proxyvm, told.error),
    };
}

function runningNetvm({ netvm }: Qube, { system }: View): QubeName | null {
    return netvm !== null && isRunning(system, netvm) ? netvm : null;
}

function explain(proxyvm: QubeName, { message }: { message: string }): string {
    return `${proxyvm} could not be asked: ${message}`;
}
