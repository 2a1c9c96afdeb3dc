import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { fileOf } from '../../core/rule-files.ts';
import { situationOf, type Visit } from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import { inParallel } from '../../in-parallel.ts';
import { look, type View } from '../../view.ts';
import { askAll } from '../../walk.ts';
import { isFailed } from '../format/effect.ts';
import { problemsIn } from '../format/files.ts';
import { formatProblems, problemJson } from '../format/problem.ts';
import {
    formatProxyvm,
    formatUnserved,
    type Shown,
    type ShownProxyvm,
    showJson,
} from '../format/show.ts';
import type { Output } from '../output.ts';
import { chooseProxyvms } from '../proxyvms.ts';
import { aroundOf } from '../way-around.ts';

/** Prints who is served by what, and who is not and why. */
export async function show(
    deps: Deps,
    args: { readonly proxyvms: readonly string[] },
): Promise<Output> {
    const view = await look(deps);
    const told = await deps.told.read();
    const proxyvms = chooseProxyvms(args.proxyvms, view, told);
    const visits = await askAll(deps, view, proxyvms);
    const shown = await showQubes(deps, view, visits);
    const served = visits.map((visit) => proxyvmOf(visit, view, shown));
    const others = shown.filter(
        ({ qube }) =>
            args.proxyvms.length === 0 && placeOf(view, qube) === null,
    );
    const problems = problemsIn(view);
    const lines = [
        ...served.flatMap((each) => formatProxyvm(each, view.system)),
        ...formatUnserved(others, view.system),
    ];
    return {
        lines: lines.length === 0 ? ['no qube has rules'] : lines,
        warnings: formatProblems(problems),
        json: {
            ...showJson(served, others, view.system),
            problems: problems.map(problemJson),
        },
        failed: visits.some(isFailed) || problems.length > 0,
    };
}

/** Where a qube is to be served. */
function placeOf({ placements }: View, name: QubeName): QubeName | null {
    const placement = placements.get(name);
    return placement?.kind === 'served' ? placement.proxyvm : null;
}

function showQubes(
    deps: Deps,
    view: View,
    visits: readonly Visit[],
): Promise<Shown[]> {
    const asked = new Set(visits.map((visit) => visit.proxyvm));
    const qubes = [...view.system.values()].filter(({ name }) => {
        const proxyvm = placeOf(view, name);
        return (
            view.placements.has(name) &&
            (proxyvm === null || asked.has(proxyvm))
        );
    });
    return inParallel(qubes, async (qube) => {
        const content = fileOf(view.files, qube)?.content;
        return {
            qube: qube.name,
            situation: situationOf(qube, view.placements, visits),
            rules: content?.ok ? content.value.rules : [],
            around: await aroundOf(deps.firewall, qube),
        };
    });
}

function proxyvmOf(
    visit: Visit,
    view: View,
    shown: readonly Shown[],
): ShownProxyvm {
    const clients = shown.filter(
        ({ qube }) => placeOf(view, qube) === visit.proxyvm,
    );
    const wanted = new Set(
        clients.map(({ qube }) => view.system.get(qube)?.uuid),
    );
    const served = visit.result.ok ? visit.result.value.clients : [];
    const leftovers = served
        .filter(({ uuid, state }) => state === 'served' && !wanted.has(uuid))
        .map(({ name }) => name);
    return { visit, clients, leftovers };
}
