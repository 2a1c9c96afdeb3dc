// What the clients of some ProxyVMs asked for, asked once.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Requests } from '../shared/protocol/requests.ts';
import { err, type Result } from '../shared/result.ts';
import { walkOver } from './ask.ts';
import { type CallFailure, callFailure } from './core/agent-answer.ts';
import { isRunning } from './core/qube.ts';
import { type Heard, RequestBook } from './core/requests/request-book.ts';
import type { Deps } from './deps.ts';
import type { View } from './view.ts';

/** What became of asking one. */
export interface AskedProxyvm {
    readonly proxyvm: QubeName;
    readonly result: Result<Heard, CallFailure>;
}

export interface AskedRequests {
    readonly book: RequestBook;
    readonly proxyvms: readonly AskedProxyvm[];
}

/** One that fails, hangs or lies keeps none of the others waiting. */
export async function askForRequests(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
    since: Date | null,
): Promise<AskedRequests> {
    const book = new RequestBook();
    const asked = await walkOver(deps, 'asking', proxyvms, async (proxyvm) => {
        const result = await askOne(deps, view, proxyvm, since);
        return { proxyvm, result: addTo(book, deps, view, proxyvm, result) };
    });
    return { book, proxyvms: asked };
}

async function askOne(
    { askRequests, now }: Deps,
    { system }: View,
    proxyvm: QubeName,
    since: Date | null,
): Promise<Result<Requests, CallFailure>> {
    if (!isRunning(system, proxyvm)) {
        return err(callFailure('halted', 'it is halted'));
    }
    const seconds = since && (now().getTime() - since.getTime()) / 1000;
    return askRequests(proxyvm, seconds && Math.ceil(seconds));
}

function addTo(
    book: RequestBook,
    { now }: Deps,
    { system }: View,
    proxyvm: QubeName,
    result: Result<Requests, CallFailure>,
): Result<Heard, CallFailure> {
    if (!result.ok) {
        return result;
    }
    const told = { proxyvm, requests: result.value, at: now() };
    return { ok: true, value: book.add(told, system) };
}
