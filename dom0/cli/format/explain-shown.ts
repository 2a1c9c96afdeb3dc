// What `show` says of a qube with rules, before its details.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { quoted } from '../../../shared/printable.ts';
import { updateOf } from '../../core/doctor/mend.ts';
import type { System } from '../../core/qube.ts';
import type { Explanation } from './explanation.ts';
import { describeReach } from './reach.ts';
import { countRules } from './rules.ts';
import type { ShownClient } from './show.ts';
import { explainSituation } from './situation.ts';

/**
 * The situation as a status tells it: nobody has tried to change it. Of a
 * ProxyVM that is not up to date it is the one of before.
 */
export function explainShown(
    shown: ShownClient,
    system: System,
    stale: boolean,
): Explanation {
    const { qube, situation } = shown;
    switch (situation.kind) {
        case 'in-force':
            return explainServed(situation, shown, stale);
        case 'closed':
            return {
                what: explainClosed(situation.untrusted_reason, stale),
                todo: updateHint(situation.proxyvm, stale),
            };
        case 'unknown':
            return {
                what:
                    (situation.held === null ? '' : 'noted as stopped, but ') +
                    'what is in force is not known',
                todo: [],
            };
        case 'no-agent':
            // What to install stands above its clients.
            return situation.furtherUp === null
                ? { what: 'no proxy answers it', todo: [] }
                : explainSituation(qube.name, system, situation);
        default:
            return explainSituation(qube.name, system, situation);
    }
}

/** A ProxyVM that was not told says nothing of it. */
function explainClosed(
    untrusted_reason: string | null,
    stale: boolean,
): string {
    if (untrusted_reason !== null) {
        return `not served: ${quoted(untrusted_reason)}`;
    }
    return stale ? 'not served yet' : 'not served';
}

/**
 * The number that a proxy has is no sign of what is to be told: equal rules count
 * once there, and one that another covers may not have been added to it.
 */
function explainServed(
    served: { readonly rules: number },
    { default: byDefault, rules }: ShownClient,
    stale: boolean,
): Explanation {
    const wanted = new Set(rules.map((rule) => rule.confined));
    const reach = describeReach(byDefault ?? 'deny', [...wanted]);
    if (!stale) {
        return { what: `served, ${reach}`, todo: [] };
    }
    const before =
        served.rules === wanted.size
            ? reach
            : `but with ${served.rules} instead of ${countRules([...wanted])}`;
    return { what: `served when it was last told, ${before}`, todo: [] };
}

/** Of one that is not up to date it stands above its clients. */
export function updateHint(proxyvm: QubeName, stale: boolean): string[] {
    return stale ? [] : [updateOf(proxyvm)];
}
