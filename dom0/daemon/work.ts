// One visit of the daemon's to one ProxyVM, and what the journal hears of it.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { problemOf } from '../core/visited.ts';
import type { Deps } from '../deps.ts';
import { visitIfOutdated } from '../walk.ts';
import type { Job } from './jobs.ts';
import type { Journal } from './journal.ts';

/** What is halted or has no agent is no different a second later. */
const finalFailures = ['halted', 'no-agent'];

/** False if there is to be another try. */
export async function bringUpToDate(
    deps: Deps,
    journal: Journal,
    proxyvm: QubeName,
    job: Job,
): Promise<boolean> {
    const began = deps.monotonicMs();
    const visit = await visitIfOutdated(deps, proxyvm, job.isForced);
    if (visit === null) {
        return true;
    }
    journal.visit(visit, {
        because: job.because,
        milliseconds: deps.monotonicMs() - began,
    });
    const isFinal =
        !visit.result.ok && finalFailures.includes(visit.result.error.kind);
    return isFinal || problemOf(visit) === null;
}
