// /run/qubes/filterproxy: gone at the next boot of dom0, for root and the
// group qubes only.
import { mkdir, open } from 'node:fs/promises';
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

/** Its group is its parent's, which hands it down (mode 2770). */
async function giveToGroup(path: string): Promise<void> {
    const handle = await open(path);
    try {
        await handle.chmod(0o2770);
    } finally {
        await handle.close();
    }
}
