// The requests of one proxy that are not over, by descriptor and by host.
import type { RecordedEntry, RecordedProxy } from './recorded.ts';

/** A request whose outcome is known; the host is null if it is an odd one. */
export interface Seen extends Pick<RecordedEntry, 'port' | 'outcome'> {
    readonly host: string | null;
}

export interface OpenRequest {
    readonly host: string;
    readonly port: number | null;
    /** Whether it goes to a next proxy if it passes the filter. */
    readonly isForwarded: boolean;
    isTold: boolean;
}

/** Those of one host, of which the filter says the same. */
export interface HostRequests {
    readonly open: Set<OpenRequest>;
    /** Lines with its outcome of which the port is not clear yet. */
    waiting: number;
    outcome: Seen['outcome'];
}

export interface LogState {
    readonly proxy: Pick<RecordedProxy, 'connectPorts' | 'upstreams'>;
    /** By descriptor, until another connection has it. */
    readonly open: Map<number, OpenRequest>;
    readonly hosts: Map<string, HostRequests>;
    /** Lines of requests that went to a next proxy, not clear which. */
    passed: number;
}

export function newLogState(proxy: LogState['proxy']): LogState {
    return { proxy, open: new Map(), hosts: new Map(), passed: 0 };
}

export function add(
    { open, hosts }: LogState,
    fd: number,
    request: Omit<OpenRequest, 'isTold'>,
): void {
    // A part of a line would keep in memory all that was read with it.
    const host = ` ${request.host}`.slice(1);
    const added = { ...request, host, isTold: false };
    open.set(fd, added);
    const known = hosts.get(host);
    if (known === undefined) {
        const requests = new Set([added]);
        hosts.set(host, { open: requests, waiting: 0, outcome: 'allowed' });
    } else {
        known.open.add(added);
    }
}

/** What was there, with the others of its host; null if nothing was. */
export function remove(
    { open, hosts }: LogState,
    fd: number,
): { request: OpenRequest; requests: HostRequests } | null {
    const request = open.get(fd);
    const requests = request && hosts.get(request.host);
    if (request === undefined || requests === undefined) {
        return null;
    }
    open.delete(fd);
    requests.open.delete(request);
    if (requests.open.size === 0) {
        hosts.delete(request.host);
    }
    return { request, requests };
}

/** Those without an outcome; of that port, unless it is null. */
export function untold(
    { open }: HostRequests,
    port: number | null,
): OpenRequest[] {
    return [...open].filter(
        (each) => !each.isTold && (port === null || each.port === port),
    );
}

/** Those without an outcome that go to a next proxy, of whatever host. */
export function forwarded({ open }: LogState): OpenRequest[] {
    return [...open.values()].filter(
        ({ isForwarded, isTold }) => isForwarded && !isTold,
    );
}

export function tell(request: OpenRequest, outcome: Seen['outcome']): Seen {
    request.isTold = true;
    return { host: request.host, port: request.port, outcome };
}
