// What is known of a qube's requests: of those since it began to learn, or of
// all that its ProxyVM has.
import type { QubeName } from '../shared/domain/qube-name.ts';
import { toPrintable } from '../shared/printable.ts';
import { askRecorded, collectLearned } from './collect-learned.ts';
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
    const collected = await collectLearned(deps, proxyvm, {
        uuid: qube.uuid,
        since,
    });
    const learned = collected.ok ? (collected.value ?? kept) : kept;
    return {
        entries: learned === null ? [] : allEntries(learned),
        unnamed: learned === null ? 0 : allUnnamed(learned),
        since,
        trouble: collected.ok ? null : explain(proxyvm, collected.error),
    };
}

async function askOnce(
    deps: Deps,
    proxyvm: QubeName,
    { uuid }: Qube,
): Promise<FoundRequests> {
    const recorded = await askRecorded(deps, proxyvm, uuid, null);
    const found = recorded.ok ? recorded.value : null;
    return {
        entries: found?.entries ?? [],
        unnamed: found?.unnamed ?? 0,
        since: null,
        trouble: recorded.ok ? null : explain(proxyvm, recorded.error),
    };
}

function runningNetvm({ netvm }: Qube, { system }: View): QubeName | null {
    return netvm !== null && isRunning(system, netvm) ? netvm : null;
}

function explain(proxyvm: QubeName, { message }: { message: string }): string {
    return `${proxyvm} could not be asked: ${toPrintable(message)}`;
}
