import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { askAll, askForHalted } from '../../ask.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { allRules, rulesOf } from '../../core/effective-rules.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { defaultSettings } from '../../core/settings/filter-settings.ts';
import { situationOf, type Visit } from '../../core/situation.ts';
import { inParallel } from '../../in-parallel.ts';
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
    formatUnlocked,
    formatUnserved,
    type ShownClient,
    type ShownProxyvm,
} from '../format/show.ts';
import { showJson } from '../format/show-json.ts';
import { learnerOf } from '../learner-of.ts';
import { formatLocked } from '../locked-out.ts';
import type { Output } from '../output.ts';
import { chooseProxyvms, qubesWithRules } from '../proxyvms.ts';
import { aroundOf } from '../way-around.ts';

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
    const scope = qubesWithRules(view, isNamed ? proxyvms : null);
    const shown = await showQubes(deps, view, scope, visits);
    const daemon = await deps.daemon.read();
    const inUse = proxyvmsInUse(view, told);
    const served = await Promise.all(
        visits.map(async (visit) => ({
            ...proxyvmOf(visit, view, shown),
            freshness: {
                visited: await deps.visited.read(visit.proxyvm),
                isInUse: inUse.includes(visit.proxyvm),
                isOutdated: await isOutdated(deps, view, visit.proxyvm),
                pending: daemon?.pending.find(
                    ({ proxyvm }) => proxyvm === visit.proxyvm,
                ),
            },
        })),
    );
    const others = shown.filter(
        ({ qube }) => placeOf(view, qube.name) === null,
    );
    const lockedOut = isNamed
        ? []
        : await formatLocked(deps.firewall, qubesWithoutRules(view));
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

/** Where a qube is to be served. */
function placeOf({ placements }: View, name: QubeName): QubeName | null {
    const placement = placements.get(name);
    return placement?.kind === 'served' ? placement.proxyvm : null;
}

async function showQubes(
    deps: CommandDeps,
    view: View,
    qubes: readonly Qube[],
    visits: readonly Visit[],
): Promise<ShownClient[]> {
    const names = qubes.map((qube) => qube.name);
    const asked = await askForHalted(deps, view, names, visits);
    return inParallel(qubes, async (qube) => {
        const rules = rulesOf(view, qube);
        return {
            qube,
            situation: situationOf(qube, view.placements, [
                ...visits,
                ...asked,
            ]),
            default: rules?.ok ? rules.value.default : null,
            rules: rules?.ok ? allRules(rules.value) : [],
            moment: view.moment,
            settings: rules?.ok ? rules.value.settings : defaultSettings,
            learner: learnerOf(view, qube),
            around: await aroundOf(deps.firewall, qube),
        };
    });
}

function proxyvmOf(
    visit: Visit,
    view: View,
    shown: readonly ShownClient[],
): Omit<ShownProxyvm, 'freshness'> {
    const clients = shown.filter(
        ({ qube }) => placeOf(view, qube.name) === visit.proxyvm,
    );
    const wanted = new Set(clients.map(({ qube }) => qube.uuid));
    const served = visit.result.ok ? visit.result.value.clients : [];
    const leftovers = served
        .filter(({ uuid, state }) => state !== 'closed' && !wanted.has(uuid))
        .map(({ name }) => name);
    return { visit, clients, leftovers };
}
