// What a ProxyVM says of itself, and what it would do to be as it is to be.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Examination } from '../../../shared/protocol/examination.ts';
import { err, type Result } from '../../../shared/result.ts';
import { previewAll } from '../../ask.ts';
import type { CommandDeps } from '../../command-deps.ts';
import type { CallFailure } from '../../core/agent-answer.ts';
import type { ProxyvmFacts } from '../../core/doctor/examine-proxyvm.ts';
import type { Visit } from '../../core/situation.ts';
import { agentFurtherUp } from '../../further-up.ts';
import { noProgress } from '../../progress.ts';
import type { View } from '../../view.ts';
import type { Notes } from './read-notes.ts';

export interface Asked {
    readonly proxyvm: QubeName;
    readonly examined: Result<Examination, CallFailure>;
    /** What came of a plan; that of one that was not asked is the failure. */
    readonly visit: Visit;
    /** What dom0 noted when it told it last; null if all was well. */
    readonly problem: string | null;
}

export async function askProxyvm(
    deps: CommandDeps,
    view: View,
    proxyvm: QubeName,
    { visited }: Notes,
): Promise<Asked> {
    const problem = visited.get(proxyvm)?.problem ?? null;
    const examined = await deps.examine(proxyvm);
    if (examined.ok) {
        const quiet = { ...deps, progress: noProgress };
        const [visit] = await previewAll(quiet, view, [proxyvm]);
        if (visit !== undefined) {
            return { proxyvm, examined, visit, problem };
        }
        throw new Error(`no visit to ${proxyvm}`);
    }
    const furtherUp =
        examined.error.kind === 'no-agent'
            ? await agentFurtherUp(deps.callAgent, view.system, proxyvm)
            : null;
    const result = err(examined.error);
    const visit = { proxyvm, result, furtherUp, told: null, document: null };
    return { proxyvm, examined, visit, problem };
}

export function factsOfProxyvm(
    { placements }: View,
    { proxyvm, examined, visit, problem }: Asked,
): ProxyvmFacts {
    const isInUse = [...placements.values()].some(
        (each) => each.kind === 'served' && each.proxyvm === proxyvm,
    );
    return {
        proxyvm,
        isInUse,
        version: PROGRAM_VERSION,
        examined,
        planned: examined.ok ? visit.result : null,
        problem,
    };
}
