// What a change came to: per ProxyVM, and per qube that is not served.
import { toPrintable } from '../../../shared/printable.ts';
import type { Situation, Visit } from '../../core/situation.ts';
import { withDetails } from '../output.ts';
import type { Effect } from '../put-in-force.ts';
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
        const isClosed = [...situations.values()].some(
            (each) => each.kind === 'closed' && each.proxyvm === proxyvm,
        );
        const what = isClosed ? 'told, but it does not serve all' : 'in force';
        const steps = result.value.steps.map((step) => toPrintable(step));
        const details = steps.length === 0 ? ['nothing to do'] : steps;
        return withDetails(`${proxyvm}: ${what}`, isVerbose ? details : []);
    });
}

/** The plan that each ProxyVM answered. */
export function formatPlans(visits: readonly Visit[]): string[] {
    return visits.flatMap(({ proxyvm, result }) => {
        if (!result.ok) {
            return [];
        }
        const steps = result.value.steps.map((step) => toPrintable(step));
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
        [...situations.values()].flatMap((situation) =>
            'proxyvm' in situation ? [situation.proxyvm] : [],
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

export function isFailed({ result }: Visit): boolean {
    return !result.ok;
}

/** Whether a ProxyVM may still do what it was to stop doing. */
export function isWorrying({ result }: Visit): boolean {
    return !result.ok && !['halted', 'no-agent'].includes(result.error.kind);
}

/** Visits for programs. */
export function visitsJson(visits: readonly Visit[]) {
    return visits.map(({ proxyvm, result }) => ({
        proxyvm,
        ok: result.ok,
        agent: result.ok ? toPrintable(result.value.agent) : null,
        tinyproxy: result.ok ? toPrintable(result.value.tinyproxy) : null,
        steps: result.ok
            ? result.value.steps.map((step) => toPrintable(step))
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
export function situationsJson({ situations, view }: Effect) {
    return [...situations].map(([qube, situation]) => ({
        qube,
        state: stateOf(situation),
        message: explainSituation(qube, view.system, situation).what,
    }));
}
