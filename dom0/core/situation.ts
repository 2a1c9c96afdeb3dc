// What holds for a qube after its ProxyVMs were visited.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import type { Report } from '../../shared/protocol/answer.ts';
import type { DesiredState } from '../../shared/protocol/desired-state.ts';
import type { Result } from '../../shared/result.ts';
import type { CallFailure } from './agent-answer.ts';
import type { FileProblem } from './file-problem.ts';
import type { Placement, Placements, Unserved } from './place.ts';
import type { Qube } from './qube.ts';
import type { Held } from './stopped.ts';

export type Situation =
    /** It has no rules, and so no door. */
    | { readonly kind: 'no-rules' }
    | { readonly kind: 'unserved'; readonly why: Unserved }
    | {
          readonly kind: 'in-force';
          readonly proxyvm: QubeName;
          readonly rules: number;
          /** Connections of before may go on by rules that were removed. */
          readonly isWider: boolean;
      }
    /** A file of its has errors, so what was in force before is left so. */
    | {
          readonly kind: 'held';
          readonly proxyvm: QubeName;
          readonly isServed: boolean;
          readonly problems: readonly FileProblem[];
      }
    /** The agent does not serve it; the reason is null if it names none. */
    | {
          readonly kind: 'closed';
          readonly proxyvm: QubeName;
          readonly untrusted_reason: string | null;
      }
    /** The agent could not change it: what was in force before still is. */
    | {
          readonly kind: 'outdated';
          readonly proxyvm: QubeName;
          readonly untrusted_reason: string;
      }
    | {
          readonly kind: 'no-agent';
          readonly proxyvm: QubeName;
          readonly furtherUp: QubeName | null;
      }
    /** Whatever was in force may still be. */
    | {
          readonly kind: 'unknown';
          readonly proxyvm: QubeName;
          readonly failure: CallFailure;
          /** That it is stopped, as far as dom0 is concerned. */
          readonly held: Held | null;
      };

/** What came of a visit to one ProxyVM. */
export interface Visit {
    readonly proxyvm: QubeName;
    readonly result: Result<Report, CallFailure>;
    /** Of a ProxyVM without an agent: the next one up that has one. */
    readonly furtherUp: QubeName | null;
    /** As dom0 told it, which may have changed; null if it only asked. */
    readonly told: Placements | null;
    /** What it was told; null if it was only asked, or not reached. */
    readonly document: DesiredState | null;
}

/** What holds for a qube: its placement, and what was heard there. */
export function situationOf(
    qube: Pick<Qube, 'name' | 'uuid'>,
    placements: Placements,
    visits: readonly Visit[],
): Situation {
    const placement = newestPlacement(qube.name, placements, visits);
    if (placement === undefined) {
        return { kind: 'no-rules' };
    }
    if (placement.kind === 'halted') {
        return halted(placement, visits);
    }
    if (placement.kind !== 'served') {
        return { kind: 'unserved', why: placement };
    }
    const { proxyvm, rules } = placement;
    const visited = visits.find((each) => each.proxyvm === proxyvm);
    if (visited === undefined || !visited.result.ok) {
        return failed(proxyvm, visited);
    }
    const client = clientIn(visited.result.value, qube.uuid);
    if (!rules.ok) {
        const isServed = client !== undefined && client.state !== 'closed';
        return { kind: 'held', proxyvm, isServed, problems: rules.error };
    }
    if (client?.state === 'held') {
        const untrusted_reason = client.reason;
        return { kind: 'outdated', proxyvm, untrusted_reason };
    }
    return client?.state === 'served'
        ? {
              kind: 'in-force',
              proxyvm,
              rules: client.rules,
              isWider: client.wider > 0,
          }
        : {
              kind: 'closed',
              proxyvm,
              untrusted_reason: client?.reason ?? null,
          };
}

/** A visit looks anew: another command may have come in between. */
function newestPlacement(
    name: QubeName,
    placements: Placements,
    visits: readonly Visit[],
): Placement | undefined {
    const placement = placements.get(name);
    const visited =
        placement?.kind === 'served'
            ? visits.find(({ proxyvm }) => proxyvm === placement.proxyvm)
            : undefined;
    const told = visited?.told ?? null;
    return told === null ? placement : told.get(name);
}

/** It will be served once it runs, unless its netvm is known to lack that. */
function halted(
    why: Extract<Unserved, { kind: 'halted' }>,
    visits: readonly Visit[],
): Situation {
    const visited = visits.find((each) => each.proxyvm === why.netvm);
    const hasNoAgent =
        visited?.result.ok === false &&
        visited.result.error.kind === 'no-agent';
    return hasNoAgent ? failed(why.netvm, visited) : { kind: 'unserved', why };
}

function clientIn(report: Report, uuid: Uuid) {
    return report.clients.find((client) => client.uuid === uuid);
}

function failed(proxyvm: QubeName, visited: Visit | undefined): Situation {
    const failure =
        visited === undefined || visited.result.ok
            ? { kind: 'not-called' as const, code: null, message: 'not asked' }
            : visited.result.error;
    switch (failure.kind) {
        case 'halted':
            return {
                kind: 'unserved',
                why: { kind: 'netvm-halted', netvm: proxyvm },
            };
        case 'no-agent':
            return {
                kind: 'no-agent',
                proxyvm,
                furtherUp: visited?.furtherUp ?? null,
            };
        default:
            return { kind: 'unknown', proxyvm, failure, held: null };
    }
}

/** The same for several, by name. */
export function situationsOf(
    qubes: readonly Pick<Qube, 'name' | 'uuid'>[],
    placements: Placements,
    visits: readonly Visit[],
): ReadonlyMap<QubeName, Situation> {
    return new Map(
        qubes.map((qube) => [qube.name, situationOf(qube, placements, visits)]),
    );
}

/** Why a qube is stopped; null if it is not. */
export function heldOf(situation: Situation): Held | null {
    switch (situation.kind) {
        case 'unserved':
            return situation.why.kind === 'stopped' ? situation.why.held : null;
        case 'unknown':
            return situation.held;
        default:
            return null;
    }
}

/** Of one that was named: without a netvm rules would be of no use to it. */
export function situationOfNamed(
    { netvm }: Pick<Qube, 'netvm'>,
    situation: Situation,
): Situation {
    return situation.kind === 'no-rules' && netvm === null
        ? { kind: 'unserved', why: { kind: 'no-netvm' } }
        : situation;
}
