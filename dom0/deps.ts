// What dom0's commands need of the world; made real in bin/ only.
import type { CallAgent } from './adapters/agent.ts';
import type { Firewall } from './adapters/firewall.ts';
import type { Inventory } from './adapters/inventory.ts';
import type { Issue } from './adapters/issued.ts';
import type { WithLock } from './adapters/lock.ts';
import type { RuleStore } from './adapters/rule-store.ts';
import type { StoppedStore } from './adapters/stopped-store.ts';
import type { ToldStore } from './adapters/told.ts';
import type { Served, System } from './core/qube.ts';
import type { Progress } from './progress.ts';

export interface Deps {
    readonly inventory: Inventory;
    readonly rules: RuleStore;
    readonly stopped: StoppedStore;
    readonly firewall: Firewall;
    readonly callAgent: CallAgent;
    readonly withLock: WithLock;
    readonly told: ToldStore;
    readonly issue: Issue;
    /** The qubes to serve: those that run, and those known to start. */
    readonly serve: (system: System) => Served;
    readonly now: () => Date;
    /** The name of whoever typed the command. */
    readonly user: () => string;
    readonly progress: Progress;
}
