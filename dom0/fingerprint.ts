import { createHash } from 'node:crypto';
import type { DesiredState } from '../shared/protocol/desired-state.ts';
import { expireOf } from './core/deadlines.ts';
import type { Moment } from './core/moment.ts';

/**
 * The same for all documents that have the same state in the end: when it
 * was issued, how connections of before end and who ran before a start is
 * left out.
 */
export function fingerprintOf(
    { clients }: DesiredState,
    moment: Moment,
): string {
    const lasting = clients.map((client) => ({
        ...client,
        // What is left of a time is less from second to second.
        deadlines: client.deadlines.map((deadline) => ({
            ...deadline,
            seconds: expireOf(deadline, moment),
        })),
        narrowing: null,
        ranBefore: null,
    }));
    const text = JSON.stringify(lasting);
    return createHash('sha256').update(text).digest('hex');
}
