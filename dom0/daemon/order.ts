// From what was heard to the ProxyVMs that may be out of date.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { concernedProxyvms, type Told } from '../core/concerned.ts';
import type { Deps } from '../deps.ts';
import { outdatedProxyvms, proxyvmsInUse } from '../outdated.ts';
import type { View } from '../view.ts';
import type { Jobs } from './jobs.ts';
import type { Marks } from './marks.ts';
import type { Starts } from './starts.ts';

interface Parts {
    readonly deps: Deps;
    readonly jobs: Jobs;
    readonly starts: Starts;
}

/** Orders jobs for the ProxyVMs that the marks make necessary. */
export async function order(
    { deps, jobs, starts }: Parts,
    view: View,
    marks: Marks,
): Promise<void> {
    const { because } = marks;
    // What a visit that is under way has seen may be older than this look:
    // it does not stand in the notes yet, or in those of whom it serves.
    const underWay = jobs.underWay();
    const told = await deps.told.read();
    const outdated = new Set(await outdatedProxyvms(deps, view, told));
    const hasNews = newsOf(view, told, marks);
    for (const proxyvm of proxyvmsInUse(view, told)) {
        if (starts.has(proxyvm)) {
            // It does not answer yet. When it has started it is out of date.
            continue;
        }
        const isForced = marks.isForced || marks.forced.has(proxyvm);
        if (isForced || (outdated.has(proxyvm) && hasNews(proxyvm))) {
            jobs.want(proxyvm, { because, isForced });
        } else if (outdated.has(proxyvm)) {
            jobs.remind(proxyvm, { because, isForced });
        }
    }
    for (const proxyvm of underWay) {
        jobs.remind(proxyvm, { because, isForced: false });
    }
}

/** Whether what was heard concerns a ProxyVM, its own state or a client's. */
function newsOf(
    { placements }: View,
    told: Told,
    { qubes, isForAll }: Marks,
): (proxyvm: QubeName) => boolean {
    const concerned = new Set([
        ...qubes,
        ...concernedProxyvms(qubes, placements, told),
    ]);
    return (proxyvm) => isForAll || concerned.has(proxyvm);
}
