// Listens to several ProxyVMs for as long as somebody wants to know, whatever
// becomes of them meanwhile.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Requests } from '../shared/protocol/requests.ts';
import type { CommandDeps } from './command-deps.ts';
import type { CallFailure } from './core/agent-answer.ts';
import { waited } from './waited.ts';

export interface RequestsListener {
    onRequests(proxyvm: QubeName, requests: Requests): void | Promise<void>;
    /** It says nothing any more; told once, until it is back. */
    onAway(proxyvm: QubeName, failure: CallFailure): void;
    onBack(proxyvm: QubeName): void;
}

/** Milliseconds until one that went away is called again. */
const shortestMs = 1000;
const longestMs = 30_000;

type Following = Pick<CommandDeps, 'followRequests' | 'monotonicMs'>;

/** ProxyVMs as they come; one that has gone is waited for. */
export class FollowedProxyvms {
    readonly #following = new Map<QubeName, Promise<void>>();
    readonly #joinMs: number;

    /** Milliseconds after which is looked for those that have come. */
    constructor(joinMs = 10_000) {
        this.#joinMs = joinMs;
    }

    get size(): number {
        return this.#following.size;
    }

    /**
     * Listens to all that `proxyvms` has, now and later. Resolves when `signal`
     * has ended it. Fails if the listener does, or `proxyvms`.
     */
    async follow(
        deps: Following,
        proxyvms: () => Promise<readonly QubeName[]>,
        listener: RequestsListener,
        signal: AbortSignal,
    ): Promise<void> {
        const over = new AbortController();
        const end = AbortSignal.any([signal, over.signal]);
        try {
            while (!end.aborted) {
                for (const proxyvm of await proxyvms()) {
                    if (!this.#following.has(proxyvm)) {
                        const one = followOne(deps, proxyvm, listener, end);
                        one.catch(() => over.abort());
                        this.#following.set(proxyvm, one);
                    }
                }
                await waited(this.#joinMs, end);
            }
        } finally {
            over.abort();
        }
        await Promise.all(this.#following.values());
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
