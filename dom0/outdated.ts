// Whether a ProxyVM is known to be up to date, and what is noted for that.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Told } from './core/concerned.ts';
import { desiredState } from './core/desired-state.ts';
import { isRunning } from './core/qube.ts';
import type { Visit } from './core/situation.ts';
import {
    isFromAgent,
    isUpToDate,
    lacksAgent,
    problemOf,
} from './core/visited.ts';
import type { Deps } from './deps.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { View } from './view.ts';

/** Those of all ProxyVMs in use that may not do what the view asks for. */
export async function outdatedProxyvms(
    deps: Deps,
    view: View,
    told: Told,
): Promise<QubeName[]> {
    const outdated: QubeName[] = [];
    for (const proxyvm of proxyvmsInUse(view, told)) {
        if (await isOutdated(deps, view, proxyvm)) {
            outdated.push(proxyvm);
        }
    }
    return outdated;
}

/** The ProxyVMs that are to serve somebody, or were told to. */
export function proxyvmsInUse({ placements }: View, told: Told): QubeName[] {
    const serving = [...placements.values()].flatMap((placement) =>
        placement.kind === 'served' ? [placement.proxyvm] : [],
    );
    return [...new Set([...serving, ...told.keys()])].sort();
}

/** Of a halted one only the notes can be out of date. */
export async function isOutdated(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
): Promise<boolean> {
    if (!isRunning(view.system, proxyvm)) {
        return (await deps.told.read()).has(proxyvm);
    }
    const issued = await deps.issue();
    const { system, placements, moment } = view;
    const document = desiredState(proxyvm, system, placements, issued, moment);
    return !isUpToDate(
        await deps.visited.read(proxyvm),
        xidOf(view, proxyvm),
        fingerprintOf(document, moment),
    );
}

/** Whether it is known that an agent is there, or was in this start. */
export async function isKnownAgent(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
): Promise<boolean> {
    const visited = await deps.visited.read(proxyvm);
    return visited?.xid === xidOf(view, proxyvm) && visited.hasAgent;
}

/** Whether it was found to have none in this start; without asking it. */
export async function isKnownAgentless(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
): Promise<boolean> {
    const visited = await deps.visited.read(proxyvm);
    return (
        isRunning(view.system, proxyvm) &&
        lacksAgent(visited, xidOf(view, proxyvm))
    );
}

/**
 * Takes a ProxyVM for out of date until its next visit has ended. To be noted
 * under its lock and before a look: whoever looks later must not go by the
 * notes of before. What it returns takes it back: for who does not visit.
 */
export async function noteOutdated(
    { visited }: Deps,
    proxyvm: QubeName,
): Promise<() => Promise<void>> {
    const before = await visited.read(proxyvm);
    if (before === undefined) {
        return async () => undefined;
    }
    const note = { fingerprint: null, problem: 'not finished' };
    await visited.write(proxyvm, { ...before, ...note });
    return () => visited.write(proxyvm, before);
}

interface Ending {
    /** Null: it has only begun. */
    readonly visit: Visit | null;
    readonly hadAgent: boolean;
}

/** Notes how a visit ended, or that one has begun. */
export async function noteVisit(
    deps: Deps,
    view: View,
    proxyvm: QubeName,
    { visit, hadAgent }: Ending,
): Promise<void> {
    await deps.visited.write(proxyvm, {
        at: deps.now().toISOString(),
        xid: xidOf(view, proxyvm),
        hasAgent: hadAgent || (visit !== null && isFromAgent(visit)),
        fingerprint: visit === null ? null : fingerprintTaken(visit, view),
        problem: visit === null ? 'not finished' : problemOf(visit),
    });
}

/** One without an agent takes nothing, and never will in this start. */
function fingerprintTaken(visit: Visit, { moment }: View): string | null {
    const { document, result } = visit;
    const isFinal =
        problemOf(visit) === null ||
        (!result.ok && result.error.kind === 'no-agent');
    return isFinal && document !== null
        ? fingerprintOf(document, moment)
        : null;
}

function xidOf({ system }: View, proxyvm: QubeName): number | null {
    return system.get(proxyvm)?.xid ?? null;
}
