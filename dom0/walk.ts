// The walk over ProxyVMs that every change takes, each under its lock.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Report } from '../shared/protocol/answer.ts';
import {
    type DesiredState,
    protocolVersion,
} from '../shared/protocol/desired-state.ts';
import { err, ok } from '../shared/result.ts';
import { type Exceptions, type Whom, walkOver } from './ask.ts';
import { callFailure } from './core/agent-answer.ts';
import type { Visit } from './core/situation.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import type { Seen } from './look-under-lock.ts';
import { isOutdated, noteOutdated } from './outdated.ts';
import { look, lookAtRules, type View } from './view.ts';
import { lookToVisit, visitWith } from './visit.ts';

/**
 * Brings ProxyVMs up to date. One that fails, hangs or lies keeps none of
 * the others waiting. Those that are locked are visited by what was seen.
 */
export function visitAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
    exceptions: Exceptions = {},
    seen: Seen | null = null,
): Promise<Visit[]> {
    return walk(deps, proxyvms, seen, (proxyvm, view) =>
        visitWith(deps, view, proxyvm, exceptions),
    );
}

/**
 * Ends all that some clients, or all, have open, and serves them anew as they
 * are to be served: for a moment they are not among a ProxyVM's clients.
 */
export function restartAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
    whom: Whom,
    seen: Seen | null = null,
): Promise<Visit[]> {
    return walk(deps, proxyvms, seen, async (proxyvm, view) => {
        const leftOut = { leftOut: whom };
        const ended = await visitWith(deps, view, proxyvm, leftOut);
        if (!ended.result.ok) {
            return ended;
        }
        const now = await lookToVisit(deps, proxyvm);
        return both(
            ended.result.value,
            await visitWith(deps, now, proxyvm, {}),
        );
    });
}

/**
 * Has ProxyVMs serve nobody, without a look at anything, which may fail or take
 * long. What they are to do by what is known is for a visit to tell them.
 */
export function silenceAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
): Promise<Visit[]> {
    const silence = async (proxyvm: QubeName): Promise<Visit> => {
        await noteOutdated(deps, proxyvm);
        const issued = await deps.issue();
        const document: DesiredState = {
            version: protocolVersion,
            issued,
            clients: [],
        };
        const result = await deps.callAgent(proxyvm, 'apply', document);
        return { proxyvm, result, furtherUp: null, told: null, document };
    };
    return walkOver(deps, 'telling', proxyvms, (proxyvm) =>
        orNotCalled(proxyvm, () =>
            deps.withLock(proxyvm, () => silence(proxyvm)),
        ),
    );
}

/** What is done with a ProxyVM under its lock, by a look since that was taken. */
type Action = (proxyvm: QubeName, view: View) => Promise<Visit>;

async function walk(
    deps: Deps,
    proxyvms: readonly QubeName[],
    seen: Seen | null,
    action: Action,
): Promise<Visit[]> {
    const begun = seen && (await beginSeen(deps, proxyvms, seen, action));
    return walkOver(deps, 'telling', proxyvms, (proxyvm) =>
        orNotCalled(
            proxyvm,
            () =>
                begun?.get(proxyvm) ??
                deps.withLock(proxyvm, async () =>
                    action(proxyvm, await lookToVisit(deps, proxyvm)),
                ),
        ),
    );
}

/**
 * At once, however many others there are: who needs their locks waits. Locks
 * of others are given back.
 */
async function beginSeen(
    deps: Deps,
    proxyvms: readonly QubeName[],
    { view, locks }: Seen,
    action: Action,
): Promise<ReadonlyMap<QubeName, Promise<Visit>>> {
    const wanted = locks.held.filter(({ proxyvm }) =>
        proxyvms.includes(proxyvm),
    );
    if (wanted.length === 0) {
        await locks.end();
        return new Map();
    }
    const now = lookAtRules(deps, view);
    const begun = wanted.map((lock): [QubeName, Promise<Visit>] => {
        const { proxyvm } = lock;
        const visiting = lock.visit(async () => action(proxyvm, await now));
        const visited = orNotCalled(proxyvm, () => visiting);
        // The walk, which gets to it later, is told; Node.js is not to end before.
        visited.catch(() => undefined);
        return [proxyvm, visited];
    });
    await locks.end();
    return new Map(begun);
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
export function both(earlier: Report, later: Visit): Visit {
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
