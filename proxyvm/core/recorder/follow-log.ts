// From the lines of one proxy's log to what became of each request. Its threads
// write between each other's lines, and a line with an outcome names no
// connection, but the host, or only that some request went to a next proxy. The
// filter says the same of a host whoever asks. So what is to be told apart is
// the port, and of next proxies the host: it is told when all requests that may
// be meant have their line, or when one of them is over.
import { nextProxy } from '../../../shared/protocol/route.ts';
import {
    add,
    forwarded,
    type HostRequests,
    type LogState,
    type OpenRequest,
    remove,
    type Seen,
    tell,
    untold,
} from './open-requests.ts';
import type { LogEvent } from './parse-log-line.ts';

type Named = Pick<Seen, 'host' | 'port'>;

/** Takes one line in, in the order of the log. */
export function follow(state: LogState, event: LogEvent): Seen[] {
    switch (event.kind) {
        case 'connection':
            return close(state, event.fd);
        case 'request':
            return [...close(state, event.fd), ...begin(state, event)];
        case 'refused':
            return settle(state, event, 'filter');
        case 'passed':
            return isNextProxy(state, event)
                ? forward(state)
                : settle(state, event, 'allowed');
        case 'forwarded':
            return forward(state);
    }
}

/** LimitNOFILE= of its unit: it has no higher ones. */
const descriptors = 2560;

/** A port that CONNECT may not name is refused without a word. */
function begin(
    state: LogState,
    { fd, target }: Extract<LogEvent, { kind: 'request' }>,
): Seen[] {
    const { connectPorts, upstreams } = state.proxy;
    const { host, port, isConnect } = target;
    if (isConnect && port !== null && !connectPorts.includes(port)) {
        return [{ host, port, outcome: 'port' }];
    }
    if (host !== null && fd < descriptors) {
        const isForwarded =
            upstreams.length > 0 && nextProxy(upstreams, host) !== null;
        add(state, fd, { host, port, isForwarded });
    }
    return [];
}

function settle(
    state: LogState,
    { host, port }: Named,
    outcome: Seen['outcome'],
): Seen[] {
    const requests = host === null ? undefined : state.hosts.get(host);
    const meant = requests ? untold(requests, port) : [];
    const [first] = meant;
    if (requests === undefined || first === undefined) {
        // Its host stood in a header.
        return [{ host, port, outcome }];
    }
    requests.outcome = outcome;
    if (port !== null) {
        return [tell(first, outcome), ...settleForwarded(state)];
    }
    requests.waiting += 1;
    return [...tellClear(requests), ...settleForwarded(state)];
}

/** Those whose port is clear: all have the same, or each has its line. */
function tellClear(requests: HostRequests): Seen[] {
    const meant = untold(requests, null);
    const isClear =
        requests.waiting >= meant.length ||
        meant.every(({ port }) => port === meant[0]?.port);
    if (!isClear) {
        return [];
    }
    const told = meant.slice(0, requests.waiting);
    requests.waiting = 0;
    return told.map((each) => tell(each, requests.outcome));
}

/** Who failed to reach a next proxy names that, and not the host. */
function isNextProxy({ proxy }: LogState, { host, port }: Named): boolean {
    return proxy.upstreams.some(
        (each) =>
            each.kind !== 'none' && each.address === host && each.port === port,
    );
}

function forward(state: LogState): Seen[] {
    if (forwarded(state).length === 0) {
        // Its host stood in a header.
        return [{ host: null, port: null, outcome: 'allowed' }];
    }
    state.passed += 1;
    return settleForwarded(state);
}

/** Until as many have passed as are open, one may be refused yet. */
function settleForwarded(state: LogState): Seen[] {
    const meant = state.passed > 0 ? forwarded(state) : [];
    if (state.passed < meant.length) {
        return [];
    }
    state.passed = 0;
    return meant.map((each) => tell(each, 'allowed'));
}

/** The descriptor is another connection's: its request is over. */
function close(state: LogState, fd: number): Seen[] {
    const removed = remove(state, fd);
    if (removed === null || removed.request.isTold) {
        return [];
    }
    const { request, requests } = removed;
    return [...endUntold(state, request, requests), ...settleForwarded(state)];
}

function endUntold(
    state: LogState,
    request: OpenRequest,
    requests: HostRequests,
): Seen[] {
    if (requests.waiting > 0) {
        requests.waiting -= 1;
        const seen = tell(request, requests.outcome);
        return [seen, ...tellClear(requests)];
    }
    if (request.isForwarded && state.passed > 0) {
        state.passed -= 1;
        return [tell(request, 'allowed')];
    }
    // If another was told in its place, that one's line is still to come. Else
    // it had none: its client went before its last header.
    for (const other of requests.open) {
        if (other.isTold && other.port === request.port) {
            other.isTold = false;
            break;
        }
    }
    return [];
}
