// One of us at a time, for each thing that a lock is named after.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { flock } from '../../shared/io/flock.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { Failure } from '../failure.ts';
import { asFailure } from './files.ts';
import type { RunDirectory } from './run-directory.ts';

/**
 * How long to wait for another of us, seconds: longer than that one waits
 * for an agent that does not answer.
 */
const patience = 150;

/** Runs an action while nobody else has the lock of that name. */
export type WithLock = <T>(
    name: string,
    action: () => Promise<T>,
) => Promise<T>;

export function fileLocks(run: RunCommand, directory: RunDirectory): WithLock {
    return async (name, action) => {
        const path = join(await directory(), `${name}.lock`);
        const handle = await openLock(path);
        try {
            await lock(run, path, handle.fd);
            return await action();
        } finally {
            await handle.close();
        }
    };
}

async function openLock(path: string) {
    try {
        const { O_RDONLY, O_CREAT, O_NOFOLLOW } = constants;
        return await open(path, O_RDONLY | O_CREAT | O_NOFOLLOW, 0o660);
    } catch (error) {
        throw asFailure(error, `open ${path}`);
    }
}

async function lock(run: RunCommand, path: string, fd: number): Promise<void> {
    const locked = await flock(run, fd, patience);
    if (locked.ok) {
        return;
    }
    throw new Failure(
        locked.error.kind === 'held'
            ? `another qvm-filterproxy has held ${path} for ${patience} ` +
                  `seconds; to see which one: fuser -v ${path}`
            : `cannot lock ${path}: flock failed: ${locked.error.message}`,
    );
}
