import { closeSync, openSync } from 'node:fs';
import { flock, type LockFailure } from '../../shared/io/flock.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { AgentFailure } from '../failure.ts';
import { paths } from '../paths.ts';
import { makeDirectory } from './files.ts';

/**
 * Runs `work` while no other call of ours runs in this ProxyVM. What it asks
 * first, it asks with what it is given.
 */
export type WithLock = <T>(
    run: RunCommand,
    work: (ask: RunCommand) => Promise<T>,
) => Promise<T>;

export const withLock: WithLock = async (run, work) => {
    makeDirectory(paths.run, 0o755);
    // For appending: who changes nothing leaves no trace, not even a time.
    const fd = openSync(paths.lock, 'a', 0o600);
    try {
        await lockOpen(run, fd);
        return await work(run);
    } finally {
        closeSync(fd);
    }
};

/** Waits for the lock of the open file. */
export async function lockOpen(run: RunCommand, fd: number): Promise<void> {
    const locked = await flock(run, fd, limits.lockSeconds);
    if (!locked.ok) {
        throw lockFailure(locked.error);
    }
}

function lockFailure(failure: LockFailure): AgentFailure {
    return failure.kind === 'held'
        ? new AgentFailure('busy', 'another call did not end in time')
        : new AgentFailure('internal', `flock failed: ${failure.message}`);
}
