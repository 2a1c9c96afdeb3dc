// Listens to several ProxyVMs for as long as somebody wants to know, whatever
// becomes of them meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Requests } from '../shared/protocol/requests.ts';
import type { CallFailure } from './core/agent-answer.ts';
import type { Deps } from './deps.ts';

export interface RequestsListener {
    onRequests(proxyvm: QubeName, requests: Requests): void | Promise<void>;
    /** It says nothing any more; told once, until it is back. */
    onAway(proxyvm: QubeName, failure: CallFailure): void;
    onBack(proxyvm: QubeName): void;
}

/** Milliseconds until one that went away is called again. */
const shortestMs = 1000;
const longestMs = 30_000;

type Following = Pick<Deps, 'followRequests' | 'monotonicMs'>;

/** Resolves when `signal` has ended it. Fails if the listener does. */
export async function followAll(
    deps: Following,
    proxyvms: readonly QubeName[],
    listener: RequestsListener,
    signal: AbortSignal,
): Promise<void> {
    const over = new AbortController();
    const end = AbortSignal.any([signal, over.signal]);
    try {
        await Promise.all(
            proxyvms.map((proxyvm) => followOne(deps, proxyvm, listener, end)),
        );
    } finally {
        over.abort();
    }
}

async function followOne(
    { followRequests, monotonicMs }: Following,
    proxyvm: QubeName,
    listener: RequestsListener,
    signal: AbortSignal,
): Promise<void> {
    let isAway = false;
    let pause = shortestMs;
    while (!signal.aborted) {
        const began = monotonicMs();
        const onAnswer = (requests: Requests) => {
            if (isAway) {
                isAway = false;
                listener.onBack(proxyvm);
            }
            return listener.onRequests(proxyvm, requests);
        };
        const failure = await followRequests(proxyvm, onAnswer, signal);
        if (failure !== null && !isAway) {
            isAway = true;
            listener.onAway(proxyvm, failure);
        }
        if (monotonicMs() - began >= longestMs) {
            pause = shortestMs;
        }
        await waited(pause, signal);
        pause = Math.min(2 * pause, longestMs);
    }
}

/** Waits, unless `signal` ends all. */
function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
    return delay(milliseconds, undefined, { signal }).catch(
        (error: unknown) => {
            if (!signal.aborted) {
                throw error;
            }
        },
    );
}
