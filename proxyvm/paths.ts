import type { Uuid } from '../shared/domain/uuid.ts';
import type { ProxyUid } from './core/proxy-uid.ts';

/**
 * Where things are in a ProxyVM. All that changes lies under /run: what
 * started from nothing starts closed.
 */
export const paths = {
    run: '/run/qubes-filterproxy',
    lock: '/run/qubes-filterproxy/lock',
    /** When dom0 made the newest document that was accepted. */
    issued: '/run/qubes-filterproxy/issued.json',
    /** What nft said of our rules right after they were loaded. */
    loaded: {
        table: '/run/qubes-filterproxy/table.json',
        ip: '/run/qubes-filterproxy/input-rule-ip.json',
        ip6: '/run/qubes-filterproxy/input-rule-ip6.json',
    },
    /** What V8 made of the agent's text. */
    compiled: '/run/qubes-filterproxy/agent.v8',
    proxies: '/run/qubes-filterproxy/proxies',
    /** What a spare waits at: a FIFO whose group is its user id. */
    spare: '/run/qubes-filterproxy/spare',
    /** The FIFO that will be, for root alone so far. */
    nextSpare: '/run/qubes-filterproxy/spare.next',
    /** Which client has or had which user id, for the journal's lines. */
    tenures: '/run/qubes-filterproxy/tenures.json',
    /** Of proxies that log all requests; whoever may, goes in by name only. */
    logs: '/run/qubes-filterproxy/logs',
    /** What the recorder keeps: CLIENT-UUID.json, core/recorder/recorded.ts. */
    recorded: '/run/qubes-filterproxy/recorded',
    uptime: '/proc/uptime',
    devices: '/proc/self/net/dev',
    agent: '/usr/lib/qubes/filterproxy/filterproxy-agent',
    resolvConf: '/etc/resolv.conf',
    sockets: { ip: '/proc/net/tcp', ip6: '/proc/net/tcp6' },
    /** Another one at each reading (random(4)). */
    randomUuid: '/proc/sys/kernel/random/uuid',
} as const;

export function proxyPaths(uid: ProxyUid) {
    const directory = `${paths.proxies}/${uid}`;
    return {
        directory,
        config: `${directory}/tinyproxy.conf`,
        filter: `${directory}/filter`,
        refused: `${directory}/refused.html`,
        failed: `${directory}/failed.html`,
        /** Read by the program proxy, which becomes tinyproxy. */
        environment: `${directory}/environment`,
        record: `${directory}/proxy.json`,
        /** Uptime in seconds until which it may drain: see drained. */
        drainsUntil: `${directory}/drains-until`,
        /** The filter beside which it may drain though it is wider. */
        beside: `${directory}/beside.json`,
        /** What takes its place by itself, and when. */
        deadlines: `${directory}/deadlines.json`,
    };
}

/** Of a proxy that logs all requests: its log, and whose requests it has. */
export function logPaths(uid: ProxyUid) {
    return {
        log: `${paths.logs}/${uid}.log`,
        proxy: `${paths.logs}/${uid}.json`,
    };
}

/** Who follows requests locks one of them. */
export function followPath(place: number): string {
    return `${paths.run}/follow-${place}`;
}

export function recordedPath(client: Uuid): string {
    return `${paths.recorded}/${client}.json`;
}

export const units = {
    proxy: (uid: ProxyUid) => `qubes-filterproxy@${uid}.service`,
    allProxies: 'qubes-filterproxy@*.service',
    drainTimer: (uid: ProxyUid) => `qubes-filterproxy-drain@${uid}.timer`,
    /** `at` in seconds since 1970: another time is another timer. */
    expiry: (uid: ProxyUid, at: number) =>
        `qubes-filterproxy-expiry-${uid}-${at}`,
    allExpiries: (uid: ProxyUid) => `qubes-filterproxy-expiry-${uid}-*.timer`,
    /** Its start is the end of the proxy. */
    expired: (uid: ProxyUid) => `qubes-filterproxy-expired@${uid}.target`,
    resolvers: 'qubes-filterproxy-resolvers.path',
    recorder: 'qubes-filterproxy-recorder.service',
} as const;
