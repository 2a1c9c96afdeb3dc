// A spare: a proxy that is started before anybody needs it. What takes longest
// in a start is its sandbox, and that is the same for everybody. So one waits
// in it, with a user id of its own, no port and no door (see ../proxy); whoever
// needs a new proxy next gets this one. Nothing but time depends on it.
import {
    chmodSync,
    chownSync,
    closeSync,
    constants,
    existsSync,
    openSync,
    renameSync,
    rmSync,
    writeSync,
} from 'node:fs';
import { isErrno } from '../../shared/io/errno.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { nextSpare } from '../core/free-uids.ts';
import type { ObservedState } from '../core/observed-state.ts';
import type { ProxyUid } from '../core/proxy-uid.ts';
import { readSpare } from '../observe/spare.ts';
import { paths, units } from '../paths.ts';
import { removeWhole } from './files.ts';

/**
 * Starts one where there is none, and does not wait for it. Where /run is full
 * there is none.
 */
export async function startSpare(
    run: RunCommand,
    observed: ObservedState,
): Promise<void> {
    const uid = nextSpare(observed);
    if (uid !== null && (await makePlace(run, uid))) {
        const args = ['start', '--no-block', units.proxy(uid)];
        await run('systemctl', args, { isDoneOnStart: true });
    }
}

/**
 * What it waits at is new for each: whoever was the spare may still have the
 * one of before open, and must not be able to take the next one's turn. Not so
 * if this one was asked for before: it may wait there by now.
 */
async function makePlace(run: RunCommand, uid: ProxyUid): Promise<boolean> {
    if (readSpare() === uid) {
        return true;
    }
    try {
        await makeFifo(run);
        removeWhole(paths.spare);
        renameSync(paths.nextSpare, paths.spare);
        chmodSync(paths.spare, 0o660);
        chownSync(paths.spare, 0, uid);
        return true;
    } catch (error) {
        if (isErrno(error)) {
            return false;
        }
        throw error;
    }
}

/** For the next spare, whoever that will be: may be made ahead. */
export async function makeFifo(run: RunCommand): Promise<void> {
    if (!existsSync(paths.nextSpare)) {
        await run('mkfifo', ['--mode=0600', paths.nextSpare]);
    }
}

/**
 * If one of these waits as a spare its files are there now, and it may go on:
 * its user id then, else null. One that is just about to wait sees that by
 * itself.
 */
export function wakeSpare(uids: readonly ProxyUid[]): ProxyUid | null {
    const spare = readSpare();
    if (spare === null || !uids.includes(spare)) {
        return null;
    }
    try {
        wake(paths.spare);
    } catch (error) {
        if (!isErrno(error)) {
            throw error;
        }
    }
    return spare;
}

/** Fails where nobody waits. */
function wake(fifo: string): void {
    const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
        rmSync(fifo);
        writeSync(fd, '\n');
    } finally {
        closeSync(fd);
    }
}
