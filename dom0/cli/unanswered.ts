// Why no proxy answers a qube whose rules hold, as far as dom0 knows it.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { type Qube, ruleOwnerName } from '../core/qube.ts';
import type { Deps } from '../deps.ts';
import { isKnownAgentless } from '../outdated.ts';
import type { View } from '../view.ts';
import type { Explanation } from './format/explanation.ts';
import { explainSituation } from './format/situation.ts';
import { explainUnserved } from './format/unserved.ts';

/**
 * Null if one does or may; or if the qube is halted, and one will when it
 * starts. Asks no ProxyVM: what was found at the last visit has to do.
 */
export async function whyUnanswered(
    deps: Deps,
    view: View,
    qube: Qube,
): Promise<Explanation | null> {
    const placement = view.placements.get(qube.name);
    if (placement === undefined) {
        return null;
    }
    switch (placement.kind) {
        case 'for-disposables':
            return null;
        case 'served':
            return whyAgentless(deps, view, qube, placement.proxyvm);
        case 'halted':
            return whyAgentless(deps, view, qube, placement.netvm);
        default:
            return explainUnserved(qube.name, ruleOwnerName(qube), placement);
    }
}

/** The same of one that may have no rules. */
export async function whyNoProxy(
    deps: Deps,
    view: View,
    qube: Qube,
): Promise<Explanation | null> {
    const { name, netvm } = qube;
    if (view.placements.has(name)) {
        return whyUnanswered(deps, view, qube);
    }
    return netvm === null
        ? explainUnserved(name, ruleOwnerName(qube), { kind: 'no-netvm' })
        : ((await whyAgentless(deps, view, qube, netvm)) ?? {
              what: 'it has no rules, so no proxy answers its programs',
              todo: [`to add one: qvm-filterproxy allow ${name} HOST`],
          });
}

async function whyAgentless(
    deps: Deps,
    view: View,
    { name }: Qube,
    proxyvm: QubeName,
): Promise<Explanation | null> {
    const situation = { kind: 'no-agent' as const, proxyvm, furtherUp: null };
    return (await isKnownAgentless(deps, view, proxyvm))
        ? explainSituation(name, view.system, situation)
        : null;
}
