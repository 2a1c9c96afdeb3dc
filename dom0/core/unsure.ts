// What is not known of a qube as long as a ProxyVM that served it cannot be told.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { CallFailure } from './agent-answer.ts';
import type { Told } from './concerned.ts';
import type { Unserved } from './place.ts';
import { heldOf, type Situation, type Visit } from './situation.ts';

/**
 * The situation of one, or that it is not known: a ProxyVM that was told to serve it
 * has not taken or said anything now, and may do so still.
 */
export function unlessUnsure(
    name: QubeName,
    situation: Situation,
    visits: readonly Visit[],
    told: Told,
): Situation {
    for (const { proxyvm, result } of visits) {
        const wasTold = told.get(proxyvm)?.includes(name) ?? false;
        const isUnsure = !result.ok && mayServe(result.error);
        if (wasTold && isUnsure && isClosedByDom0(situation)) {
            const held = heldOf(situation);
            return { kind: 'unknown', proxyvm, failure: result.error, held };
        }
    }
    return situation;
}

/** Whether a ProxyVM with that failure may still do what it was told before. */
export function mayServe({ kind }: CallFailure): boolean {
    return kind !== 'halted' && kind !== 'no-agent';
}

/** Whether it is not served by dom0's will alone, and may run. */
function isClosedByDom0(situation: Situation): boolean {
    return (
        situation.kind === 'no-rules' ||
        (situation.kind === 'unserved' && closedByDom0.has(situation.why.kind))
    );
}

const closedByDom0: ReadonlySet<Unserved['kind']> = new Set([
    'stopped',
    'foreign-file',
    'same-address',
    'too-many-clients',
] as const);
