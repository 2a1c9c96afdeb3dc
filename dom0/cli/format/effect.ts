// What a change came to: per ProxyVM, and per qube that is not served.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toWords } from '../../../shared/printable.ts';
import { heldOf, type Situation, type Visit } from '../../core/situation.ts';
import { mayServe } from '../../core/unsure.ts';
import { describeEnded } from '../../words/ended.ts';
import type { Effect } from '../effect.ts';
import { withDetails } from '../output.ts';
import { isWider } from './connections.ts';
import { heldJson } from './held.ts';
import { learningJson } from './learning.ts';
import { explainFailure, explainSituation } from './situation.ts';

/** A line for each ProxyVM that took what it was told. */
export function formatVisits(
    { visits, situations }: Effect,
    isVerbose: boolean,
): string[] {
    return visits.flatMap(({ proxyvm, result }) => {
        if (!result.ok) {
            return [];
        }
        const isRefused = [...situations.values()].some(
            (each) =>
                ['closed', 'outdated'].includes(each.kind) &&
                'proxyvm' in each &&
                each.proxyvm === proxyvm,
        );
        const what = isRefused
            ? 'told, but it does not serve all as told'
            : 'in force';
        const ended = describeEnded(result.value);
        const loss = ended === null ? '' : `; ${ended}`;
        const steps = result.value.steps.map((step) => toWords(step));
        const details = steps.length === 0 ? ['nothing to do'] : steps;
        return withDetails(
            `${proxyvm}: ${what}${loss}`,
            isVerbose ? details : [],
        );
    });
}

/** The plan that each ProxyVM answered. */
export function formatPlans(visits: readonly Visit[]): string[] {
    return visits.flatMap(({ proxyvm, result }) => {
        if (!result.ok) {
            return [];
        }
        const steps = result.value.steps.map((step) => toWords(step));
        return steps.length === 0
            ? [`${proxyvm}: nothing to do`]
            : withDetails(`${proxyvm} would:`, steps);
    });
}

/** Failures that no qube's situation tells of already. */
export function formatFailures(
    { situations, visits, view }: Effect,
    isShown: (visit: Visit) => boolean,
): string[] {
    const told = new Set(
        [...situations.values()].flatMap(
            (situation) => toldOf(situation) ?? [],
        ),
    );
    return visits
        .filter((visit) => !told.has(visit.proxyvm) && isShown(visit))
        .flatMap(({ proxyvm, result }) => {
            if (result.ok) {
                return [];
            }
            const { what, todo } = explainFailure(
                proxyvm,
                view.system,
                result.error,
            );
            return withDetails(what, todo);
        });
}

/** The ProxyVM that a situation speaks of. */
function toldOf(situation: Situation): QubeName | null {
    if ('proxyvm' in situation) {
        return situation.proxyvm;
    }
    return situation.kind === 'unserved' &&
        situation.why.kind === 'netvm-halted'
        ? situation.why.netvm
        : null;
}

export function isFailed({ result }: Visit): boolean {
    return !result.ok;
}

/** Whether a ProxyVM may still do what it was to stop doing. */
export function isWorrying({ result }: Visit): boolean {
    return !result.ok && mayServe(result.error);
}

/** Visits for programs. */
export function visitsJson(visits: readonly Visit[]) {
    return visits.map(({ proxyvm, result }) => ({
        proxyvm,
        ok: result.ok,
        agent: result.ok ? toWords(result.value.agent) : null,
        tinyproxy: result.ok ? toWords(result.value.tinyproxy) : null,
        steps: result.ok ? result.value.steps.map((step) => toWords(step)) : [],
        ended: result.ok
            ? result.value.ended.map(({ name, connections }) => ({
                  qube: name,
                  connections,
              }))
            : [],
        error: result.ok
            ? null
            : {
                  kind: result.error.kind,
                  code: result.error.code,
                  message: result.error.message,
              },
    }));
}

/** One word for a situation, which is API. */
export function stateOf(situation: Situation): string {
    return situation.kind === 'unserved' ? situation.why.kind : situation.kind;
}

/** Situations for programs. */
export function situationsJson({ situations, learners, view }: Effect) {
    return [...situations].map(([qube, situation]) => ({
        qube,
        state: stateOf(situation),
        message: explainSituation(qube, view.system, situation).what,
        stopped: heldJson(heldOf(situation)),
        oldRules: isWider(situation),
        learning: learningJson(learners.get(qube) ?? null),
    }));
}
