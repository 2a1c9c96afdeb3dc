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

/** Takes that lock; returns what releases it, null if somebody else has it. */
export type LockIfFree = (
    name: string,
) => Promise<(() => Promise<void>) | null>;

interface Locks {
    readonly withLock: WithLock;
    readonly lockIfFree: LockIfFree;
}

export function fileLocks(run: RunCommand, directory: RunDirectory): Locks {
    const pathOf = (name: string) => join(directory(), `${name}.lock`);
    return {
        async withLock(name, action) {
            const path = pathOf(name);
            const release = await lock(run, path, patience);
            if (release === null) {
                throw new Failure(
                    `another qvm-filterproxy has held ${path} for ` +
                        `${patience} seconds; to see which one: ` +
                        `fuser -v ${path}`,
                );
            }
            try {
                return await action();
            } finally {
                await release();
            }
        },
        lockIfFree: async (name) => lock(run, pathOf(name), 0),
    };
}

async function lock(run: RunCommand, path: string, seconds: number) {
    const handle = await openLock(path);
    const release = () => handle.close();
    const locked = await flock(run, handle.fd, seconds);
    if (locked.ok) {
        return release;
    }
    await release();
    if (locked.error.kind === 'held') {
        return null;
    }
    const { message } = locked.error;
    throw new Failure(`cannot lock ${path}: flock failed: ${message}`);
}

async function openLock(path: string) {
    try {
        const { O_RDONLY, O_CREAT, O_NOFOLLOW } = constants;
        return await open(path, O_RDONLY | O_CREAT | O_NOFOLLOW, 0o660);
    } catch (error) {
        throw asFailure(error, 'open', path);
    }
}
