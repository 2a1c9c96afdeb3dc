// /run/qubes/filterproxy: gone at the next boot of dom0, for root and the
// group qubes only.
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno, isMissing } from '../../shared/io/errno.ts';
import { Failure } from '../failure.ts';
import { asFailure } from './files.ts';

/** Its path; it exists from then on. */
export type RunDirectory = () => Promise<string>;

export function runDirectory(path: string): RunDirectory {
    return async () => {
        try {
            await mkdir(path);
            await giveToGroup(path);
        } catch (error) {
            if (isMissing(error)) {
                throw new Failure(`${dirname(path)} is missing: not in dom0?`);
            }
            if (!isErrno(error) || error.code !== 'EEXIST') {
                throw asFailure(error, `make ${path}`);
            }
        }
        return path;
    };
}

/**
 * To its parent's, which in dom0 hands it down (mode 2770), but does not in a
 * qube (qubes-core-agent-linux vm-systemd/qubes-sysinit.sh).
 */
async function giveToGroup(path: string): Promise<void> {
    const { gid } = await stat(dirname(path));
    const handle = await open(path);
    try {
        await handle.chown(-1, gid);
        await handle.chmod(0o2770);
    } finally {
        await handle.close();
    }
}
