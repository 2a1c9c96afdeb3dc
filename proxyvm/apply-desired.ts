// From a document to what holds in this ProxyVM, and what there is to say.
import type { RunCommand } from '../shared/io/run-command.ts';
import type { Report } from '../shared/protocol/answer.ts';
import type {
    DesiredClient,
    DesiredState,
} from '../shared/protocol/desired-state.ts';
import type { Result } from '../shared/result.ts';
import { apply } from './apply/apply.ts';
import { execute } from './apply/executors.ts';
import { accept, refuseStale } from './apply/issued.ts';
import { startSpare } from './apply/spare.ts';
import { type ObservedState, whyNoEntry } from './core/observed-state.ts';
import type { ProxyUid } from './core/proxy-uid.ts';
import type { TinyproxyVersion } from './core/tinyproxy-version.ts';
import { AgentFailure } from './failure.ts';
import { readClocks } from './observe/clocks.ts';
import { observe } from './observe/observe.ts';
import { reportOf } from './report.ts';

/** What was seen just now. */
export interface Seen {
    readonly observed: ObservedState;
    /** What could be started, or what to do about it. */
    readonly tinyproxy: Result<TinyproxyVersion, string>;
}

/**
 * Makes it so. What is lacking keeps nothing open: whatever may not be
 * served any more is closed first, and then the failure is told.
 */
export async function applyDesired(
    run: RunCommand,
    { issued, clients }: DesiredState,
    { observed: before, tinyproxy }: Seen,
): Promise<Report> {
    const unordered = refuseStale(issued);
    const noEntry = whyNoEntry(before);
    if (noEntry !== null) {
        await applyAndReport(run, { before, version: null, clients: [] });
        throw new AgentFailure('unfit', noEntry);
    }
    const failure =
        unordered ??
        (tinyproxy.ok
            ? accept(issued)
            : new AgentFailure('unfit', tinyproxy.error));
    const version = tinyproxy.ok ? tinyproxy.value : null;
    const obstacle = failure?.message ?? null;
    const report = await applyAndReport(run, {
        before,
        version,
        clients,
        obstacle,
    });
    const isHindered = report.clients.some(
        ({ reason }) => reason !== '' && reason === obstacle,
    );
    if (failure !== null && isHindered) {
        throw failure;
    }
    return report;
}

/** Ends and removes everything of ours. */
export async function tearDown(run: RunCommand): Promise<Report> {
    const before = await observe(run);
    return applyAndReport(run, { before, version: null, clients: [] });
}

interface Task {
    readonly before: ObservedState;
    readonly version: TinyproxyVersion | null;
    readonly clients: readonly DesiredClient[];
    /** What keeps us from starting anything; null or missing: nothing. */
    readonly obstacle?: string | null;
}

async function applyAndReport(
    run: RunCommand,
    { before, version, clients, obstacle = null }: Task,
): Promise<Report> {
    const ended = new Map<ProxyUid, number>();
    const tools = {
        run,
        tinyproxy: version,
        planned: readClocks(),
        countEnded: (uid: ProxyUid, count: number) => ended.set(uid, count),
    };
    const applied = await apply(
        {
            before,
            observe: () => observe(run),
            execute: (step) => execute(tools, step),
        },
        clients,
        obstacle,
    );
    if (version !== null) {
        await startSpare(run, applied.observed);
    }
    return reportOf(version, applied, ended);
}
