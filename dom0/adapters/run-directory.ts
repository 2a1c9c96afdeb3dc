// /run/qubes/filterproxy: gone at the next boot of dom0, for root and the
// group qubes only.
import {
    closeSync,
    fchmodSync,
    fchownSync,
    mkdirSync,
    openSync,
    statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isErrno, isMissing } from '../../shared/io/errno.ts';
import { Failure } from '../failure.ts';
import { asFailure } from './files.ts';

/** Its path; it exists from then on. */
export type RunDirectory = () => string;

export function runDirectory(path: string): RunDirectory {
    return () => {
        try {
            mkdirSync(path);
            giveToGroup(path);
        } catch (error) {
            if (isMissing(error)) {
                throw new Failure(`${dirname(path)} is missing: not in dom0?`);
            }
            if (!isErrno(error) || error.code !== 'EEXIST') {
                throw asFailure(error, 'make', path);
            }
        }
        return path;
    };
}

/**
 * To its parent's, which in dom0 hands it down (mode 2770), but does not in a
 * qube (qubes-core-agent-linux vm-systemd/qubes-sysinit.sh).
 */
function giveToGroup(path: string): void {
    const { gid } = statSync(dirname(path));
    const fd = openSync(path, 'r');
    try {
        fchownSync(fd, -1, gid);
        fchmodSync(fd, 0o2770);
    } finally {
        closeSync(fd);
    }
}
