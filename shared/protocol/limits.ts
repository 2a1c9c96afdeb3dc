// Every bound on what crosses between dom0 and a ProxyVM, in one place.

export const limits = {
    /** A desired state as JSON, bytes. */
    requestBytes: 32 * 1024 * 1024,
    /** An answer as JSON, bytes. */
    answerBytes: 4 * 1024 * 1024,
    /** Clients of one ProxyVM: there are user ids for two proxies of each. */
    clients: 200,
    /** Proxies of one ProxyVM: as many as there are user ids. */
    proxies: 478,
    /** Resolvers that are told and asked; the C library asks three. */
    resolvers: 8,
    /** Hosts of one client that are told; of all clients see below. */
    requestEntries: 2000,
    /** Hosts in one answer: with these an answer is half as long as may be. */
    requestEntriesOfAll: 10_000,
    /** Calls of `follow` at a time in a ProxyVM. */
    follows: 4,
    /** Xen domains that run at one time. */
    domains: 5000,
    linesPerFilter: 100_000,
    portsPerFilter: 32,
    upstreamsPerFilter: 64,
    privateNetworksPerFilter: 64,
    /** As many as may be open on public addresses. */
    portsPerPrivateNetwork: 64,
    /** After which an idle connection is closed at the latest: a day. */
    timeoutSeconds: 24 * 60 * 60,
    /** Connections of one proxy: each is a thread, see its unit. */
    maxClients: 1024,
    gatewayPort: 8100,
    steps: 10_000,
    /** Programs of which an answer says how long they took. */
    timings: 100,
    /** Clients of which an answer says that connections were ended. */
    endedClients: 1000,
    /**
     * How long a client that starts is let in by its address alone, whatever
     * becomes of dom0: longer than dom0 counts it as starting.
     */
    startSeconds: 120,
    /** Filters that follow one another without dom0. */
    deadlines: 8,
    /** How far ahead the last of them may be: ten years. */
    deadlineSeconds: 10 * 366 * 24 * 60 * 60,
    /** How long an old proxy may finish what it has at most: a day. */
    drainSeconds: 24 * 60 * 60,
    /** Characters of one text in an answer. */
    textLength: 1000,
    /** How long the agent waits for the whole request, milliseconds. */
    requestMs: 20_000,
    /** How long one apply may wait for another one, seconds. */
    lockSeconds: 60,
    /** How long dom0 waits for an answer, milliseconds. */
    answerMs: 120_000,
    /** The same of `examine`, which waits for nobody but the resolvers. */
    examineMs: 30_000,
} as const;
