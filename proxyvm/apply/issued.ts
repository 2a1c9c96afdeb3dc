// The newest truth wins: a call that was held up must change nothing.
import {
    type Issued,
    issuedSchema,
} from '../../shared/protocol/desired-state.ts';
import { AgentFailure } from '../failure.ts';
import { readKept } from '../observe/kept.ts';
import { paths } from '../paths.ts';
import { writeWhole } from './files.ts';

/** Notes that the document made then was accepted. Only under the lock. */
export function accept(issued: Issued): void {
    writeWhole(paths.issued, JSON.stringify(issued));
}

/**
 * Fails with `stale` if a newer one of the same boot of dom0 was accepted
 * before.
 */
export function refuseStale(issued: Issued): void {
    const last = readKept(issuedSchema, paths.issued, 1024);
    if (last === null) {
        return;
    }
    if (!last.ok) {
        throw new AgentFailure('internal', `${paths.issued}: ${last.error}`);
    }
    const { boot, counter } = last.value;
    if (boot === issued.boot && issued.counter < counter) {
        throw new AgentFailure('stale', 'a newer document is in force already');
    }
}
