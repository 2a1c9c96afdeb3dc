import type { Deadline, Filter } from '../../shared/protocol/desired-state.ts';
import type { Element } from './element.ts';
import type { Family } from './observed-state.ts';
import type { KnownProxy } from './proxy-record.ts';
import type { ProxyUid } from './proxy-uid.ts';

/** How an old proxy finishes the connections that it has. */
export interface Drain {
    readonly uid: ProxyUid;
    /** It ends then at the latest, or earlier if that was said before. */
    readonly seconds: number;
    /** See ObservedProxy. */
    readonly beside: Filter | null;
}

/** What takes the place of a proxy by itself, and when. */
export interface Timing {
    readonly uid: ProxyUid;
    readonly deadlines: readonly Deadline[];
}

/** Each kind of step and what it needs; executors are total over it. */
export interface StepArgs {
    /** Puts the whole table in place of what is there. */
    'load-table': { readonly elements: readonly Element[] };
    /** One nft transaction on the table's elements. */
    'change-elements': {
        readonly remove: readonly Element[];
        readonly add: readonly Element[];
    };
    'insert-input-rules': {
        readonly families: readonly Family[];
        /** Those of them where rules with our comment go for it. */
        readonly replacing: readonly Family[];
    };
    'remove-input-rules': { readonly families: readonly Family[] };
    'write-proxy': KnownProxy;
    /** From now on systemd sees to these deadlines of each, and no others. */
    'set-deadlines': { readonly timings: readonly Timing[] };
    /**
     * Returns when all of them listen, for each of their addresses. Those
     * whose place they take begin to drain: systemd is asked once for both.
     */
    'start-proxies': {
        readonly proxies: readonly KnownProxy[];
        readonly drains: readonly Drain[];
    };
    /** From now on each ends when no door leads to it and it is idle. */
    'drain-proxies': { readonly drains: readonly Drain[] };
    /** Takes `drain-proxies` back: it serves again. */
    'keep-proxies': { readonly uids: readonly ProxyUid[] };
    /** With all they have open; returns when none lives. */
    'end-proxies': { readonly uids: readonly ProxyUid[] };
    /** Returns when it has ended. */
    'end-spare': { readonly uid: ProxyUid };
    'remove-proxies': { readonly uids: readonly ProxyUid[] };
    'follow-resolvers': { readonly on: boolean };
    'delete-table': Record<never, never>;
}

export type StepAction = keyof StepArgs;

/**
 * Written so that of a table of functions by action the compiler sees that
 * `table[step.action]` takes `step`.
 */
export type StepOf<Action extends StepAction> = {
    [Each in Action]: { readonly action: Each } & StepArgs[Each];
}[Action];

export type Step = StepOf<StepAction>;

export type Plan = readonly Step[];
