// Calls to the agents of ProxyVMs, and the walks that only ask.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { DesiredState } from '../shared/protocol/desired-state.ts';
import { err, ok } from '../shared/result.ts';
import { callFailure } from './core/agent-answer.ts';
import { desiredState, drainSeconds } from './core/desired-state.ts';
import { isRunning } from './core/qube.ts';
import type { Visit } from './core/situation.ts';
import type { Deps } from './deps.ts';
import { agentFurtherUp } from './further-up.ts';
import { inParallel } from './in-parallel.ts';
import type { View } from './view.ts';

/** Whether a qube is meant. */
export type Whom = (name: QubeName) => boolean;

/** Clients that are not simply to be served by their rules of now. */
export interface Exceptions {
    /** They are left out. */
    readonly leftOut?: Whom;
    /** What they have open may go on by the rules of before. */
    readonly draining?: Whom;
}

const nobody: Whom = () => false;

/** Does something with each ProxyVM, and lets it be seen how far it is. */
export function walkOver<T>(
    { progress }: Deps,
    doing: string,
    proxyvms: readonly QubeName[],
    action: (proxyvm: QubeName) => Promise<T>,
): Promise<T[]> {
    const done = progress.begin(doing, proxyvms);
    return inParallel(proxyvms, async (proxyvm) => {
        try {
            return await action(proxyvm);
        } finally {
            done(proxyvm);
        }
    });
}

/** What visits would do, if dom0 knew what the view says. */
export function previewAll(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
    exceptions: Exceptions = {},
): Promise<Visit[]> {
    return walkOver(deps, 'asking', proxyvms, async (proxyvm) => {
        const document = await desired(deps, view, proxyvm, exceptions);
        return callWith(deps, view, proxyvm, 'plan', document);
    });
}

/**
 * What restarts would do: the steps are those that end what those clients
 * have open, and the rest is how it would be in the end.
 */
export async function previewRestarts(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
    whom: Whom,
): Promise<Visit[]> {
    const ended = await previewAll(deps, view, proxyvms, {
        leftOut: whom,
    });
    const later = await previewAll(deps, view, proxyvms);
    return later.map((visit, at) => {
        const { result } = visit;
        const first = ended[at]?.result;
        return result.ok && first?.ok
            ? {
                  ...visit,
                  result: ok({ ...result.value, steps: first.value.steps }),
              }
            : visit;
    });
}

/** What ProxyVMs say about themselves. */
export function askAll(
    deps: Deps,
    view: View,
    proxyvms: readonly QubeName[],
): Promise<Visit[]> {
    return walkOver(deps, 'asking', proxyvms, (proxyvm) =>
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

/** What a ProxyVM is to do. */
export async function desired(
    deps: Deps,
    { system, placements, moment }: View,
    proxyvm: QubeName,
    { leftOut = nobody, draining = nobody }: Exceptions,
): Promise<DesiredState> {
    const issued = await deps.issue();
    const all = desiredState(proxyvm, system, placements, issued, moment);
    const clients = all.clients
        .filter(({ name }) => !leftOut(name))
        .map((client) =>
            draining(client.name)
                ? { ...client, narrowing: { drainSeconds } }
                : client,
        );
    return { ...all, clients };
}

/** Calls the agent of a ProxyVM if that runs. */
export async function callWith(
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
    return { proxyvm, result, furtherUp, told: null, document: null };
}
