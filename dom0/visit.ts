// A visit to one ProxyVM, under its lock: look, desire, call, note.
import type { QubeName } from '../shared/domain/qube-name.ts';
import { err } from '../shared/result.ts';
import { callWith, desired, type Exceptions } from './ask.ts';
import { callFailure } from './core/agent-answer.ts';
import { unrecordedOwners } from './core/rule-files.ts';
import type { Visit } from './core/situation.ts';
import { mayServe } from './core/unsure.ts';
import type { Deps } from './deps.ts';
import { isKnownAgent, noteOutdated, noteVisit } from './outdated.ts';
import { look, type View } from './view.ts';

/**
 * What a ProxyVM is to be visited by. Under its lock from this look until the
 * answer, so that no older look overtakes a newer one.
 */
export async function lookToVisit(
    deps: Deps,
    proxyvm: QubeName,
): Promise<View> {
    await noteOutdated(deps, proxyvm);
    return look(deps);
}

/**
 * Whom it may serve is noted before the call, and forgotten only when it is
 * known to serve him no more.
 */
export async function visitWith(
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
    // Of a file that is not understood the visit makes a right one.
    const before = (await deps.told.readAnyway()).get(proxyvm) ?? [];
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
    } else if (!mayServe(visited.result.error)) {
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
        `to be sure that nothing is open: qvm-shutdown --force --wait ` +
        `${proxyvm} && qvm-filterproxy update ${proxyvm}`;
    return { ...visit, result: err(callFailure('refused', message)) };
}
