// Files that only root and the group qubes may write: read with suspicion,
// written so that a crash leaves the old one or the new one.
import { randomBytes } from 'node:crypto';
import {
    closeSync,
    constants,
    fstatSync,
    openSync,
    readFileSync,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrno, isMissing } from '../../shared/io/errno.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { Failure } from '../failure.ts';
import {
    describeErrno,
    describeUnread,
    giveToGroup,
} from './describe-errno.ts';

/** Who may write: root, and the group that our directory was given to. */
export interface Trusted {
    readonly uid: number;
    readonly gid: number;
}

const fileMode = 0o660;

/**
 * A failed system call as something to show; a bug stays what it is. `attempt`
 * is what was tried with what is at `path`, e.g. `write`.
 */
export function asFailure(
    error: unknown,
    attempt: string,
    path: string,
): unknown {
    return isErrno(error)
        ? new Failure(
              `cannot ${attempt} ${path}: ${describeErrno(error, path)}`,
          )
        : error;
}

/**
 * Who may write in a directory. Refuses one that others may write. Asked for
 * some hundred times in a command: through threads each would take longer.
 */
export function trustDirectory(path: string, ownerUid: number): Trusted {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
        const { uid, gid, mode } = fstatSync(fd);
        if (uid !== ownerUid || (mode & 0o002) !== 0) {
            throw new Failure(
                `${path} must belong to root and be closed to others; to ` +
                    `mend it: ${giveToGroup(path, '2770')}`,
            );
        }
        return { uid, gid };
    } finally {
        closeSync(fd);
    }
}

/**
 * The bytes of a file, or why it is not to be trusted; null when it is
 * missing. Of the group's files any user may be the owner: members make them.
 * Never waits, whatever stands in its place. Without threads like
 * trustDirectory().
 */
export function readTrusted(
    path: string,
    trusted: Trusted,
    maxBytes: number,
): Result<Buffer, string> | null {
    try {
        const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
        const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        try {
            return readOpen(path, fd, trusted, maxBytes);
        } finally {
            closeSync(fd);
        }
    } catch (error) {
        if (isMissing(error)) {
            return null;
        }
        if (isErrno(error)) {
            return err(describeUnread(error, path));
        }
        throw error;
    }
}

function readOpen(
    path: string,
    fd: number,
    trusted: Trusted,
    maxBytes: number,
): Result<Buffer, string> {
    const status = fstatSync(fd);
    if (!status.isFile()) {
        return err(`not a regular file; to move it away: sudo mv ${path} ~`);
    }
    const isOfGroup = status.gid === trusted.gid;
    if (status.uid !== trusted.uid && !isOfGroup) {
        return err(
            `belongs to a stranger; to mend it: sudo chown root:qubes ${path}`,
        );
    }
    const others = isOfGroup ? 0o002 : 0o022;
    if ((status.mode & others) !== 0) {
        return err(`others may write it; to mend it: sudo chmod 660 ${path}`);
    }
    return status.size > maxBytes
        ? err(`larger than ${maxBytes} bytes`)
        : ok(readFileSync(fd));
}

/** Replaces a file as a whole, durably, in a directory that exists. */
export async function writeAtomically(
    path: string,
    content: string | Uint8Array,
    group?: number,
): Promise<void> {
    const suffix = randomBytes(6).toString('hex');
    const aside = join(dirname(path), `.${basename(path)}.${suffix}`);
    try {
        const handle = await open(aside, 'wx', 0o600);
        try {
            await handle.writeFile(content);
            if (group !== undefined) {
                await handle.chown(-1, group);
            }
            await handle.chmod(fileMode);
            await handle.sync();
        } finally {
            await handle.close();
        }
        await rename(aside, path);
    } catch (error) {
        await rm(aside, { force: true });
        throw error;
    }
    await syncDirectory(dirname(path));
}

/** Moves a file, durably; false if there is none. */
export async function moveFile(from: string, to: string): Promise<boolean> {
    try {
        await rename(from, to);
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        throw asFailure(error, `move ${from} to`, to);
    }
    await syncDirectory(dirname(to));
    await syncDirectory(dirname(from));
    return true;
}

/** Deletes a file, durably, if there is one. */
export async function deleteFile(path: string): Promise<void> {
    try {
        await rm(path, { force: true });
        await syncDirectory(dirname(path));
    } catch (error) {
        throw asFailure(error, 'delete', path);
    }
}

async function syncDirectory(path: string): Promise<void> {
    const handle = await open(path, constants.O_DIRECTORY);
    try {
        await handle.sync();
    } finally {
        await handle.close();
    }
}
