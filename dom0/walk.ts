// The walk that every change takes to a ProxyVM: look, desire, call, note.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { DesiredState } from '../shared/protocol/desired-state.ts';
import { err } from '../shared/result.ts';
import { type CallFailure, callFailure } from './core/agent-answer.ts';
import { desiredState } from './core/desired-state.ts';
import { isRunning } from './core/qube.ts';
import { unrecordedOwners } from './core/rule-files.ts';
import type { Visit } from './core/situation.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { agentFurtherUp } from './further-up.ts';
import { inParallel } from './in-parallel.ts';
import { look, type View } from './view.ts';

/**
 * Brings ProxyVMs up to date. One that fails, hangs or lies keeps none of
 * the others waiting.
 */
export function visitAll(
    deps: Deps,
    proxyvms: readonly QubeName[],
): Promise<Visit[]> {
    return inParallel(proxyvms, async (proxyvm) => {
        try {
            return await deps.withLock(proxyvm, () => visit(deps, proxyvm));
        } catch (error) {
            if (error instanceof Failure) {
                return notCalled(proxyvm, error.message);
            }
            throw error;
        }
    });
}

function notCalled(proxyvm: QubeName, message: string): Visit {
    const result = err(callFailure('not-called', message));
    return { proxyvm, result, furtherUp: null };
}

/**
 * Under the ProxyVM's lock from looking until the answer, so that no older
 * look overtakes a newer one. Whom it may serve is noted before the call and
 * forgotten only when it is known to serve him no more.
 */
async function visit(deps: Deps, proxyvm: QubeName): Promise<Visit> {
    const view = await look(deps);
    for (const { name, uuid } of unrecordedOwners(view.files, view.system)) {
        await deps.rules.recordOwner(name, uuid);
    }
    const document = await desired(deps, view, proxyvm);
    const clients = document.clients.map((client) => client.name);
    const before = (await deps.told.read()).get(proxyvm) ?? [];
    await deps.told.write(proxyvm, [...new Set([...before, ...clients])]);
    const called = await callWith(deps, view, proxyvm, 'apply', document);
    const visited = believable(called, before);
    if (visited.result.ok) {
        await deps.told.write(proxyvm, clients);
    } else if (servesNobody(visited.result.error)) {
        await deps.told.write(proxyvm, []);
    }
    return visited;
}

/**
 * One that was told to serve somebody had an agent: if it has none now, its
 * proxies may still run.
 */
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

/** What visits would do, if dom0 knew what the view says. */
export function previewAll(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
): Promise<Visit[]> {
    return inParallel(proxyvms, async (proxyvm) => {
        const document = await desired(deps, view, proxyvm);
        return callWith(deps, view, proxyvm, 'plan', document);
    });
}

/** What ProxyVMs say about themselves. */
export function askAll(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
): Promise<Visit[]> {
    return inParallel(proxyvms, (proxyvm) =>
        callWith(deps, view, proxyvm, 'status', null),
    );
}

/**
 * What the running netvms of halted qubes say about themselves, as far as
 * they were not visited: one without an agent will not serve them later.
 */
export function askForHalted(
    deps: Deps,
    view: View,
    qubes: Iterable<QubeName>,
    visits: readonly Visit[],
): Promise<Visit[]> {
    const netvms = new Set<QubeName>();
    for (const name of qubes) {
        const placement = view.placements.get(name);
        if (placement?.kind === 'halted') {
            netvms.add(placement.netvm);
        }
    }
    const isOpen = (netvm: QubeName) =>
        isRunning(view.system, netvm) &&
        !visits.some(({ proxyvm }) => proxyvm === netvm);
    return askAll(deps, view, [...netvms].filter(isOpen));
}

async function desired(
    deps: Deps,
    { system, placements }: View,
    proxyvm: QubeName,
): Promise<DesiredState> {
    return desiredState(proxyvm, system, placements, await deps.issue());
}

async function callWith(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
    verb: 'apply' | 'plan' | 'status',
    document: DesiredState | null,
): Promise<Visit> {
    const result = isRunning(view.system, proxyvm)
        ? await deps.callAgent(proxyvm, verb, document)
        : err(callFailure('halted', 'it is halted'));
    const hasNoAgent = !result.ok && result.error.kind === 'no-agent';
    const furtherUp = hasNoAgent
        ? await agentFurtherUp(deps.callAgent, view.system, proxyvm)
        : null;
    return { proxyvm, result, furtherUp };
}
