import type { FirewallRule } from '../../world.ts';
import { Lock } from '../lock.ts';
import type { Value } from '../python.ts';

export type QubeClass =
    | 'AdminVM'
    | 'AppVM'
    | 'DispVM'
    | 'StandaloneVM'
    | 'TemplateVM';

/**
 * `Paused` also while a starting domain exists but does not run yet;
 * `Transient`: it runs, but its qrexec does not answer.
 */
export type PowerState = 'Halted' | 'Paused' | 'Transient' | 'Running';

/** Where a domain's network interface is plugged, and with what address. */
export interface Plug {
    readonly netvm: string;
    readonly ip: string;
    readonly ip6: string | null;
}

/** What never changes of a qube. */
export interface QubeIdentity {
    readonly name: string;
    readonly klass: QubeClass;
    readonly uuid: string;
    readonly qid: number;
    /** Null unless it is a disposable. */
    readonly dispid: number | null;
}

/** One qube as qubesd knows it; whoever changes it fires the events. */
export class Qube {
    readonly identity: QubeIdentity;
    /** Values set explicitly; a qube is named by its name. */
    readonly properties = new Map<string, Value>();
    readonly features = new Map<string, string>();
    readonly tags = new Set<string>();
    firewall: readonly FirewallRule[] = ['action=accept'];
    powerState: PowerState = 'Halted';
    /** Xen's number of the running domain, −1 without one. */
    xid = -1;
    /** Seconds since 1970. */
    startTime: number | null = null;
    plug: Plug | null = null;
    /** Between `domain-pre-spawn` and the domain's creation. */
    spawning = false;
    /** The stop under way. */
    stopping: Promise<void> | null = null;
    /** One start or removal at a time: qubesd's `startup_lock`. */
    readonly startup = new Lock();

    constructor(identity: QubeIdentity) {
        this.identity = identity;
    }

    get name(): string {
        return this.identity.name;
    }

    /** qubesd's `is_running()`: a domain exists, paused or not. */
    get isActive(): boolean {
        return this.powerState !== 'Halted';
    }
}
