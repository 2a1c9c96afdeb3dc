// What a history has made of the testbed's qubes, and what follows from it.
import type { Reached } from '../daemon.ts';

export interface Client {
    readonly name: string;
    isRunning: boolean;
    isPaused: boolean;
    /** Null for none. */
    netvm: string | null;
    /** The hosts that its rule file allows; null without one. */
    allowed: readonly string[] | null;
    /** By the user: qvm-filterproxy stop. */
    isStopped: boolean;
    ip: string;
}

export interface State {
    readonly clients: Map<string, Client>;
    /** The ProxyVMs, and whether they run. */
    readonly proxyvms: Map<string, boolean>;
    isQubesdUp: boolean;
    /** Numbers qubes that are created: no name comes back. */
    created: number;
}

/** As the testbed comes up, without rules. */
export function firstState(): State {
    const running = { isRunning: true, isPaused: false, isStopped: false };
    const client = { ...running, netvm: 'sys-filter', allowed: null };
    return {
        clients: new Map([
            ['work', { ...client, name: 'work', ip: '10.137.0.5' }],
            ['banking', { ...client, name: 'banking', ip: '10.137.0.6' }],
        ]),
        proxyvms: new Map([
            ['sys-filter', true],
            ['sys-filter2', true],
        ]),
        isQubesdUp: true,
        created: 0,
    };
}

/** Whether rules, user and netvm let it have a proxy. */
function isServed({ isRunning, netvm, allowed, isStopped }: Client): boolean {
    return isRunning && netvm !== null && allowed !== null && !isStopped;
}

/** What every running client is to reach. */
export function toBeReached({ clients }: State): Reached {
    const running = [...clients.values()].filter((each) => each.isRunning);
    return Object.fromEntries(
        running.map((client) => [
            client.name,
            isServed(client) ? (client.allowed ?? []).join(' ') : 'nothing',
        ]),
    );
}

/** Whom each ProxyVM is to serve, by address. */
export function toBeServed({ clients, proxyvms }: State) {
    return [...proxyvms.keys()].map((proxyvm) => ({
        proxyvm,
        addresses: [...clients.values()]
            .filter((each) => isServed(each) && each.netvm === proxyvm)
            .map(({ ip }) => ip)
            .sort(),
    }));
}
