// The walk that every change takes to a ProxyVM: look, desire, call, note.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Report } from '../shared/protocol/answer.ts';
import { err, ok } from '../shared/result.ts';
import {
    callWith,
    desired,
    type Exceptions,
    type Whom,
    walkOver,
} from './ask.ts';
import { type CallFailure, callFailure } from './core/agent-answer.ts';
import { unrecordedOwners } from './core/rule-files.ts';
import type { Visit } from './core/situation.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import {
    isKnownAgent,
    isOutdated,
    noteOutdated,
    noteVisit,
} from './outdated.ts';
import { look, lookAgain, type View } from './view.ts';

/**
 * Brings ProxyVMs up to date. One that fails, hangs or lies keeps none of
 * the others waiting. One that was locked before the look `seen` is visited on
 * that, and released.
 */
export function visitAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
    exceptions: Exceptions = {},
    seen: View | null = null,
): Promise<Visit[]> {
    return visitEach(deps, proxyvms, (proxyvm) => {
        if (!seen?.locked?.isFor(proxyvm)) {
            return deps.withLock(proxyvm, () =>
                visit(deps, proxyvm, exceptions),
            );
        }
        return seen.locked.visit(async () =>
            visitWith(deps, await lookAgain(deps, seen), proxyvm, exceptions),
        );
    });
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

/**
 * Under the ProxyVM's lock from looking until the answer, so that no older
 * look overtakes a newer one.
 */
async function visit(
    deps: Deps,
    proxyvm: QubeName,
    exceptions: Exceptions,
): Promise<Visit> {
    await noteOutdated(deps, proxyvm);
    return visitWith(deps, await look(deps), proxyvm, exceptions);
}

/**
 * Whom it may serve is noted before the call, and forgotten only when it is
 * known to serve him no more.
 */
async function visitWith(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
    exceptions: Exceptions,
): Promise<Visit> {
    for (const { name, uuid } of unrecordedOwners(view.files, view.system)) {
        await deps.rules.recordOwner(name, uuid);
    }
    const document = await desired(deps, view, proxyvm, exceptions);
    const clients = document.clients.map((client) => client.name);
    const before = (await deps.told.read()).get(proxyvm) ?? [];
    await deps.told.write(proxyvm, [...new Set([...before, ...clients])]);
    const hadAgent = await isKnownAgent(deps, view, proxyvm);
    await noteVisit(deps, view, proxyvm, { visit: null, hadAgent });
    const called = await callWith(deps, view, proxyvm, 'apply', document);
    const visited = {
        ...(hadAgent ? believable(called, before) : called),
        told: view.placements,
        document,
    };
    if (visited.result.ok) {
        await deps.told.write(proxyvm, clients);
    } else if (servesNobody(visited.result.error)) {
        await deps.told.write(proxyvm, []);
    }
    await noteVisit(deps, view, proxyvm, { visit: visited, hadAgent });
    return visited;
}

/** If one that had an agent has none now, its proxies may still run. */
function believable(visit: Visit, told: readonly QubeName[]): Visit {
    const { proxyvm, result } = visit;
    if (result.ok || result.error.kind !== 'no-agent' || told.length === 0) {
        return visit;
    }
    const message =
        `its filter proxy agent is gone, but it served ${told.join(', ')}; ` +
        `to be sure that nothing is open: qvm-shutdown ${proxyvm}, then ` +
        `qvm-filterproxy update ${proxyvm}`;
    return { ...visit, result: err(callFailure('refused', message)) };
}

function servesNobody({ kind }: CallFailure): boolean {
    return kind === 'halted' || kind === 'no-agent';
}
