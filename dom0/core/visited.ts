// What is known of the last visit to each ProxyVM in this boot of dom0.
import * as v from 'valibot';
import { quoted } from '../../shared/printable.ts';
import type { CallFailure } from './agent-answer.ts';
import type { Visit } from './situation.ts';

export const visitedSchema = v.strictObject({
    /** When it ended, UTC. */
    at: v.pipe(v.string(), v.isoTimestamp()),
    /** The Xen domain that it was: after a restart nothing is left of it. */
    xid: v.nullable(v.number()),
    /** Whether an agent took a call since it started. */
    hasAgent: v.boolean(),
    /** Of the document that it took; null: it is not known to have taken one. */
    fingerprint: v.nullable(v.string()),
    /** Why not, or what it does not serve as told; null if all is well. */
    problem: v.nullable(v.string()),
});

export type Visited = v.InferOutput<typeof visitedSchema>;

/** Whether it was told exactly that, and has not started since. */
export function isUpToDate(
    visited: Visited | undefined,
    xid: number | null,
    fingerprint: string,
): boolean {
    return (
        visited !== undefined &&
        visited.xid === xid &&
        visited.fingerprint === fingerprint
    );
}

/** What shows that an agent was there, whatever it made of the call. */
const fromAgent: readonly CallFailure['kind'][] = [
    'cut-off',
    'too-slow',
    'bad-answer',
    'agent-error',
];

/** Whether an agent took the call. */
export function isFromAgent({ result }: Visit): boolean {
    return result.ok || fromAgent.includes(result.error.kind);
}

/** Whether it is known to be without an agent, until it is restarted. */
export function lacksAgent(
    visited: Visited | undefined,
    xid: number | null,
): boolean {
    // Of what failed, the notes have a fingerprint only if no agent was there.
    return (
        visited !== undefined &&
        visited.xid === xid &&
        visited.problem !== null &&
        visited.fingerprint !== null
    );
}

/** Why a ProxyVM does not serve as it was told; null if it does. */
export function problemOf({ document, result }: Visit): string | null {
    if (!result.ok) {
        return result.error.message;
    }
    for (const { name, uuid, filter } of document?.clients ?? []) {
        const said = result.value.clients.find((each) => each.uuid === uuid);
        if (filter !== null && said?.state !== 'served') {
            const reason =
                said === undefined || said.reason === ''
                    ? 'its agent says nothing'
                    : quoted(said.reason, 200);
            return `${name} is not served as told: ${reason}`;
        }
    }
    return null;
}
