// Listens to several ProxyVMs for as long as somebody wants to know, whatever
// becomes of them meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Requests } from '../shared/protocol/requests.ts';
import type { CallFailure } from './core/agent-answer.ts';
import type { Deps } from './deps.ts';

export interface RequestsListener {
    onRequests(proxyvm: QubeName, requests: Requests): void;
    /** It says nothing any more; told once, until it is back. */
    onAway(proxyvm: QubeName, failure: CallFailure): void;
    onBack(proxyvm: QubeName): void;
}

/** Milliseconds until one that went away is called again. */
const againMs = 2000;

/** Resolves when `signal` has ended it. */
export async function followAll(
    { followRequests }: Pick<Deps, 'followRequests'>,
    proxyvms: readonly QubeName[],
    listener: RequestsListener,
    signal: AbortSignal,
): Promise<void> {
    await Promise.all(
        proxyvms.map(async (proxyvm) => {
            let isAway = false;
            while (!signal.aborted) {
                const failure = await followRequests(
                    proxyvm,
                    (requests) => {
                        if (isAway) {
                            isAway = false;
                            listener.onBack(proxyvm);
                        }
                        listener.onRequests(proxyvm, requests);
                    },
                    signal,
                );
                if (failure !== null && !isAway) {
                    isAway = true;
                    listener.onAway(proxyvm, failure);
                }
                await untilAgain(signal);
            }
        }),
    );
}

/** Waits, unless `signal` ends all. */
function untilAgain(signal: AbortSignal): Promise<void> {
    return delay(againMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) {
            throw error;
        }
    });
}
