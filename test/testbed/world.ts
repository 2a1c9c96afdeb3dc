// What the qubesd stand-in asks of the world outside dom0: the part of Xen,
// libvirt and the netvms' own scripts. test/testbed/xen/ does it with network
// namespaces and systemd containers; unit tests of qubesd use a recording one.

/** A qube's network as the netvm sees it. */
export interface QubeNetwork {
    /** The netvm, which runs. */
    readonly netvm: string;
    readonly ip: string;
    /** Only where the `ipv6` feature holds along the netvm chain. */
    readonly ip6: string | null;
    /** The netvm's own addresses, which its vifs carry. */
    readonly gateway: string;
    readonly gateway6: string | null;
}

/** A domain about to exist. */
export interface Domain {
    readonly name: string;
    readonly uuid: string;
    readonly xid: number;
    readonly klass: string;
    readonly providesNetwork: boolean;
    /** Null for a qube without a netvm, or whose netvm does not run. */
    readonly network: QubeNetwork | null;
}

/** One line of `qvm-firewall --raw QUBE list`, e.g. `action=drop`. */
export type FirewallRule = string;

export interface World {
    /**
     * Makes the domain, paused: its namespace and, if it has a network, its
     * vif in the netvm. Between `domain-pre-spawn` and `domain-spawn`.
     */
    create(domain: Domain): Promise<void>;
    /**
     * Lets it run and resolves when it answers qrexec. A qube that provides
     * network boots a systemd with our package in it.
     */
    boot(name: string): Promise<void>;
    /** Ends it and all its processes, vif included, at once or cleanly. */
    destroy(name: string, how: 'shutdown' | 'kill'): Promise<void>;
    pause(name: string): Promise<void>;
    unpause(name: string): Promise<void>;
    /** Plugs a running qube's vif, `online` to its end. */
    attachNetwork(name: string, network: QubeNetwork): Promise<void>;
    /** Unplugs it, `offline` to its end. */
    detachNetwork(name: string): Promise<void>;
    /**
     * What qubesd writes into a running netvm's QubesDB for its firewall:
     * the addresses of all its clients, running or not, and the rules of
     * those started. Returns when they are in force there.
     */
    setClients(netvm: string, clients: readonly NetvmClient[]): Promise<void>;
}

export interface NetvmClient {
    readonly name: string;
    readonly ip: string;
    readonly ip6: string | null;
    /** Null for a qube that is not running: listed, but without rules. */
    readonly rules: readonly FirewallRule[] | null;
}
