// The newest truth wins: a call that was held up must change nothing.
import { isErrno } from '../../shared/io/errno.ts';
import {
    type Issued,
    issuedSchema,
} from '../../shared/protocol/desired-state.ts';
import { AgentFailure } from '../failure.ts';
import { readKept } from '../observe/kept.ts';
import { paths } from '../paths.ts';
import { writeWhole } from './files.ts';

/**
 * Notes that the document made then was accepted; why that failed, or null. Only
 * under the lock.
 */
export function accept(issued: Issued): AgentFailure | null {
    try {
        writeWhole(paths.issued, JSON.stringify(issued));
        return null;
    } catch (error) {
        if (!isErrno(error)) {
            throw error;
        }
        const message = `cannot write below /run: ${error.code}`;
        return new AgentFailure('apply', message);
    }
}

/**
 * Fails with `stale` if a newer one of the same boot of dom0 was accepted
 * before. Returns why nobody can tell, or null: what closes need not mind.
 */
export function refuseStale(issued: Issued): AgentFailure | null {
    const last = readKept(issuedSchema, paths.issued, 1024);
    if (last === null) {
        return null;
    }
    if (!last.ok) {
        return new AgentFailure(
            'unfit',
            `${paths.issued} cannot be understood (${last.error}), so nothing ` +
                'is opened; there, as root: ' +
                `rm -r ${paths.issued}; then in dom0: qvm-filterproxy update --all`,
        );
    }
    const { boot, counter } = last.value;
    if (boot === issued.boot && issued.counter < counter) {
        throw new AgentFailure('stale', 'a newer document is in force already');
    }
    return null;
}
