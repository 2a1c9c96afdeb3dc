// The ProxyVMs that a management qube is not allowed to call.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Told } from '../core/concerned.ts';
import type { Qube } from '../core/qube.ts';
import type { Visit } from '../core/situation.ts';

interface Sorted {
    readonly ours: readonly Visit[];
    /** They serve no qube with rules, and were told nothing: not its own. */
    readonly others: readonly QubeName[];
}

export function withoutOthers(
    visits: readonly Visit[],
    told: Told,
    qubesWithRules: readonly Qube[],
): Sorted {
    const netvms = new Set(qubesWithRules.map(({ netvm }) => netvm));
    const isOther = ({ proxyvm, result }: Visit) =>
        !result.ok &&
        result.error.kind === 'not-allowed' &&
        !told.has(proxyvm) &&
        !netvms.has(proxyvm);
    return {
        ours: visits.filter((visit) => !isOther(visit)),
        others: visits.filter(isOther).map(({ proxyvm }) => proxyvm),
    };
}

export function othersNote(others: readonly QubeName[]): string[] {
    return others.length === 0
        ? []
        : [
              "not called, as dom0's policy lets this qube not: " +
                  others.join(', '),
          ];
}
