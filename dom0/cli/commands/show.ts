import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { askAll } from '../../ask.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { isAtWork } from '../../core/daemon-state.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import type { Visit } from '../../core/situation.ts';
import { isOutdated, proxyvmsInUse } from '../../outdated.ts';
import { look, type View } from '../../view.ts';
import { noticesIn, problemsIn } from '../../words/files.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { isWorrying } from '../format/effect.ts';
import { daemonJson, formatDaemon } from '../format/freshness.ts';
import { formatKillAll, formatOtherStops, stopsJson } from '../format/held.ts';
import { formatNoRules } from '../format/no-rules.ts';
import {
    formatProxyvm,
    type ShownClient,
    type ShownProxyvm,
} from '../format/show.ts';
import { showJson } from '../format/show-json.ts';
import { formatUnlocked, formatUnserved } from '../format/show-unserved.ts';
import { formatLocked } from '../locked-out.ts';
import type { Output } from '../output.ts';
import { chooseProxyvms } from '../proxyvms.ts';
import { isWhole, type ShowScope, showScope } from '../show-scope.ts';
import { shownQubes } from '../shown-qubes.ts';

/** Prints who is served by what, and who is not and why. */
export async function show(
    deps: CommandDeps,
    args: { readonly proxyvms: readonly string[] },
): Promise<Output> {
    const view = await look(deps);
    const told = await deps.told.read();
    const proxyvms = chooseProxyvms(args.proxyvms, view, told);
    const visits = await askAll(deps, view, proxyvms);
    const isNamed = args.proxyvms.length > 0;
    const scope = showScope(args.proxyvms, view);
    const all = await shownQubes(deps, view, scope.qubes, visits, told);
    const daemon = await deps.daemon.read();
    const pending = isAtWork(daemon) ? daemon.pending : [];
    const inUse = proxyvmsInUse(view, told);
    const served = await Promise.all(
        visits.map(async (visit) => {
            const asked = {
                ...proxyvmOf(visit, view, all),
                ...leftoversOf(visit, view, scope),
            };
            return {
                ...asked,
                freshness: {
                    visited: await deps.visited.read(visit.proxyvm),
                    isInUse: inUse.includes(visit.proxyvm),
                    isOutdated: await isOutdated(deps, view, visit.proxyvm),
                    isAsTold: isAsTold(asked),
                    pending: pending.find(
                        ({ proxyvm }) => proxyvm === visit.proxyvm,
                    ),
                },
            };
        }),
    );
    const left = new Set(served.flatMap((each) => each.leftovers));
    const shown = all.filter(
        ({ qube, situation }) =>
            situation.kind !== 'no-rules' || !left.has(qube.name),
    );
    const others = shown.filter((each) => shownAt(view, each) === null);
    const lockedOut = await formatLocked(
        deps.firewall,
        isNamed ? withoutRules(shown) : qubesWithoutRules(view),
    );
    const problems = problemsIn(view);
    const notices = noticesIn(view);
    const lines = [
        ...served.flatMap((each) => formatProxyvm(each, view.system)),
        ...formatUnserved(others, view.system),
        ...formatOtherStops(view, isNamed ? proxyvms : null),
        ...formatKillAll(view.stopped),
        ...formatUnlocked(shown),
        ...lockedOut,
        ...(shown.length === 0 ? [] : formatDaemon(daemon)),
    ];
    return {
        lines: lines.length === 0 ? formatNoRules() : lines,
        warnings: formatProblems([...problems, ...notices]),
        json: {
            ...showJson(served, others, view.system),
            stopped: stopsJson(view),
            daemon: daemonJson(daemon),
            problems: problems.map(problemJson),
            warnings: notices.map(problemJson),
        },
        failed: visits.some(isWorrying) || problems.length > 0,
    };
}

/** Those that had some: an empty file is left of them. */
function qubesWithoutRules({ files, system, placements }: View): Qube[] {
    return [...system.values()].filter(
        (qube) => files.has(ruleOwnerName(qube)) && !placements.has(qube.name),
    );
}

function withoutRules(shown: readonly ShownClient[]): Qube[] {
    return shown
        .filter(({ situation }) => situation.kind === 'no-rules')
        .map(({ qube }) => qube);
}

/** The ProxyVM that serves it, is to do so, or may still do so. */
function shownAt(
    view: View,
    { qube, situation }: ShownClient,
): QubeName | null {
    return situation.kind === 'unknown'
        ? situation.proxyvm
        : placeOf(view, qube.name);
}

/** Where a qube is to be served. */
function placeOf({ placements }: View, name: QubeName): QubeName | null {
    const placement = placements.get(name);
    return placement?.kind === 'served' ? placement.proxyvm : null;
}

function proxyvmOf(
    visit: Visit,
    view: View,
    shown: readonly ShownClient[],
): Pick<ShownProxyvm, 'visit' | 'clients'> {
    const clients = shown.filter(
        (each) => shownAt(view, each) === visit.proxyvm,
    );
    return { visit, clients };
}

/** Of one that is up to date nothing else is to be seen. */
function isAsTold({
    clients,
    leftovers,
}: Pick<ShownProxyvm, 'clients' | 'leftovers'>): boolean {
    const isOff = ({ situation: { kind } }: ShownClient) =>
        kind === 'closed' || kind === 'outdated';
    return leftovers.length === 0 && !clients.some(isOff);
}

/** Of those that are asked for. */
function leftoversOf(
    { proxyvm, result }: Visit,
    view: View,
    scope: ShowScope,
): Pick<ShownProxyvm, 'isWhole' | 'leftovers'> {
    const uuidsOf = (qubes: readonly Qube[]) =>
        new Set(qubes.map(({ uuid }) => uuid));
    const wanted = uuidsOf(
        [...view.system.values()].filter(
            ({ name }) => placeOf(view, name) === proxyvm,
        ),
    );
    const whole = isWhole(scope, proxyvm);
    const asked = uuidsOf(scope.qubes);
    const served = result.ok ? result.value.clients : [];
    const leftovers = served
        .filter(({ uuid, state }) => state !== 'closed' && !wanted.has(uuid))
        .filter(({ uuid }) => whole || asked.has(uuid))
        .map(({ name }) => name);
    return { isWhole: whole, leftovers };
}
