// What dom0's programs need of the world; make-deps.ts makes it real.
import type { Trace } from '../shared/io/trace.ts';
import type { CallAgent } from './adapters/agent.ts';
import type { DaemonStore } from './adapters/daemon-store.ts';
import type { FirstSeenStore } from './adapters/first-seen-store.ts';
import type { HistoryStore } from './adapters/history-store.ts';
import type { Inventory } from './adapters/inventory.ts';
import type { Issue } from './adapters/issued.ts';
import type { LearnedStore } from './adapters/learned-store.ts';
import type { LearningStore } from './adapters/learning-store.ts';
import type { LockIfFree, WithLock } from './adapters/lock.ts';
import type { PassedStore } from './adapters/passed-store.ts';
import type { RemovedStore } from './adapters/removed-store.ts';
import type { AskRequests } from './adapters/requests.ts';
import type { RuleStore } from './adapters/rule-store.ts';
import type { StartingStore } from './adapters/starting-store.ts';
import type { StoppedStore } from './adapters/stopped-store.ts';
import type { ToldStore } from './adapters/told.ts';
import type { UsageStore } from './adapters/usage-store.ts';
import type { VisitedStore } from './adapters/visited-store.ts';
import type { WatchingStore } from './adapters/watching-store.ts';
import type { Progress } from './progress.ts';

export interface Deps {
    readonly inventory: Inventory;
    readonly rules: RuleStore;
    readonly history: HistoryStore;
    readonly removed: RemovedStore;
    readonly stopped: StoppedStore;
    readonly passed: PassedStore;
    readonly firstSeen: FirstSeenStore;
    readonly learning: LearningStore;
    readonly learned: LearnedStore;
    readonly usage: UsageStore;
    readonly callAgent: CallAgent;
    readonly askRequests: AskRequests;
    readonly withLock: WithLock;
    readonly lockIfFree: LockIfFree;
    readonly told: ToldStore;
    readonly visited: VisitedStore;
    readonly starting: StartingStore;
    readonly watching: WatchingStore;
    readonly daemon: DaemonStore;
    readonly issue: Issue;
    readonly now: () => Date;
    /** Milliseconds of the clock that all processes of a boot share. */
    readonly monotonicMs: () => number;
    /** The name of whoever typed the command. */
    readonly user: () => string;
    readonly progress: Progress;
    readonly trace: Trace;
}
