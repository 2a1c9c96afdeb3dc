// The walk over ProxyVMs that every change takes, each under its lock.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Report } from '../shared/protocol/answer.ts';
import { err, ok } from '../shared/result.ts';
import { type Exceptions, type Whom, walkOver } from './ask.ts';
import { callFailure } from './core/agent-answer.ts';
import type { Visit } from './core/situation.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import type { Seen } from './look-under-lock.ts';
import { isOutdated } from './outdated.ts';
import { look, lookAtRules } from './view.ts';
import { visit, visitWith } from './visit.ts';

/**
 * Brings ProxyVMs up to date. One that fails, hangs or lies keeps none of
 * the others waiting. The one that is locked is visited by what was seen.
 */
export async function visitAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
    exceptions: Exceptions = {},
    seen: Seen | null = null,
): Promise<Visit[]> {
    const begun = await beginSeen(deps, proxyvms, exceptions, seen);
    return visitEach(
        deps,
        proxyvms,
        (proxyvm) =>
            begun.get(proxyvm) ??
            deps.withLock(proxyvm, () => visit(deps, proxyvm, exceptions)),
    );
}

/**
 * At once, however many others there are: who needs its lock waits. If it is
 * none of them, the lock is given back.
 */
async function beginSeen(
    deps: Deps,
    proxyvms: readonly QubeName[],
    exceptions: Exceptions,
    seen: Seen | null,
): Promise<ReadonlyMap<QubeName, Promise<Visit>>> {
    const proxyvm = proxyvms.find((each) => seen?.lock?.isFor(each));
    if (!seen?.lock || proxyvm === undefined) {
        await seen?.lock?.end();
        return new Map();
    }
    const begun = seen.lock.visit(async () => {
        const view = await lookAtRules(deps, seen.view);
        return visitWith(deps, view, proxyvm, exceptions);
    });
    const visited = orNotCalled(proxyvm, () => begun);
    // The walk, which gets to it later, is told; Node.js is not to end before.
    visited.catch(() => undefined);
    return new Map([[proxyvm, visited]]);
}

/**
 * Ends all that some clients, or all, have open, and serves them anew as they
 * are to be served: for a moment they are not among a ProxyVM's clients.
 */
export function restartAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
    whom: Whom,
): Promise<Visit[]> {
    return visitEach(deps, proxyvms, (proxyvm) =>
        deps.withLock(proxyvm, async () => {
            const ended = await visit(deps, proxyvm, { leftOut: whom });
            return ended.result.ok
                ? both(ended.result.value, await visit(deps, proxyvm, {}))
                : ended;
        }),
    );
}

function visitEach(
    deps: Deps,
    proxyvms: readonly QubeName[],
    action: (proxyvm: QubeName) => Promise<Visit>,
): Promise<Visit[]> {
    return walkOver(deps, 'telling', proxyvms, (proxyvm) =>
        orNotCalled(proxyvm, () => action(proxyvm)),
    );
}

/** A failure stays with the ProxyVM that it is of. */
async function orNotCalled<T>(
    proxyvm: QubeName,
    action: () => Promise<T>,
): Promise<T | Visit> {
    try {
        return await action();
    } catch (error) {
        if (error instanceof Failure) {
            return notCalled(proxyvm, error.message);
        }
        throw error;
    }
}

/** The later of two visits, with what the earlier one did as well. */
function both(earlier: Report, later: Visit): Visit {
    if (!later.result.ok) {
        return later;
    }
    const { value } = later.result;
    const steps = [...earlier.steps, ...value.steps];
    const ended = [...earlier.ended, ...value.ended];
    return { ...later, result: ok({ ...value, steps, ended }) };
}

function notCalled(proxyvm: QubeName, message: string): Visit {
    const result = err(callFailure('not-called', message));
    return { proxyvm, result, furtherUp: null, told: null, document: null };
}

/**
 * Brings one ProxyVM up to date unless it is known to be so; null then. Told
 * exactly the same before, it is asked again only when that is `forced`.
 */
export function visitIfOutdated(
    deps: Deps,
    proxyvm: QubeName,
    isForced: boolean,
): Promise<Visit | null> {
    const action = async () => {
        const view = await look(deps);
        const isNeeded = isForced || (await isOutdated(deps, view, proxyvm));
        return isNeeded ? visitWith(deps, view, proxyvm, {}) : null;
    };
    return orNotCalled(proxyvm, () => deps.withLock(proxyvm, action));
}
