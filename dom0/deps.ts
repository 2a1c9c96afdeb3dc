// What dom0's commands need of the world; made real in bin/ only.
import type { Trace } from '../shared/io/trace.ts';
import type { CallAgent } from './adapters/agent.ts';
import type { SettleClient } from './adapters/client-shell.ts';
import type { DaemonStore } from './adapters/daemon-store.ts';
import type { Editor } from './adapters/editor.ts';
import type { Examine } from './adapters/examine.ts';
import type { Firewall } from './adapters/firewall.ts';
import type { HistoryStore } from './adapters/history-store.ts';
import type { Inventory } from './adapters/inventory.ts';
import type { Issue } from './adapters/issued.ts';
import type { LearnedStore } from './adapters/learned-store.ts';
import type { LearningStore } from './adapters/learning-store.ts';
import type { LockIfFree, WithLock } from './adapters/lock.ts';
import type { Notify } from './adapters/notify.ts';
import type { PassedStore } from './adapters/passed-store.ts';
import type { ReadPolicy } from './adapters/policy-files.ts';
import type { SendProbe } from './adapters/probe.ts';
import type { QubeSetup } from './adapters/qube-setup.ts';
import type { RemovedStore } from './adapters/removed-store.ts';
import type { AskRequests, FollowRequests } from './adapters/requests.ts';
import type { RuleStore } from './adapters/rule-store.ts';
import type { StartingStore } from './adapters/starting-store.ts';
import type { StoppedStore } from './adapters/stopped-store.ts';
import type { ToldStore } from './adapters/told.ts';
import type { UsageStore } from './adapters/usage-store.ts';
import type { VisitedStore } from './adapters/visited-store.ts';
import type { WatchingStore } from './adapters/watching-store.ts';
import type { Pick } from './pick.ts';
import type { Progress } from './progress.ts';

export interface Deps {
    readonly inventory: Inventory;
    readonly rules: RuleStore;
    readonly history: HistoryStore;
    readonly removed: RemovedStore;
    readonly stopped: StoppedStore;
    readonly passed: PassedStore;
    readonly learning: LearningStore;
    readonly learned: LearnedStore;
    readonly usage: UsageStore;
    readonly firewall: Firewall;
    readonly qubeSetup: QubeSetup;
    readonly callAgent: CallAgent;
    readonly examine: Examine;
    readonly sendProbe: SendProbe;
    readonly readPolicy: ReadPolicy;
    readonly askRequests: AskRequests;
    readonly followRequests: FollowRequests;
    readonly settleClient: SettleClient;
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
    readonly editor: Editor;
    readonly pick: Pick;
    readonly notify: Notify;
    readonly progress: Progress;
    readonly trace: Trace;
}
