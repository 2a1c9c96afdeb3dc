import { closeSync, openSync } from 'node:fs';
import { flock, type LockFailure } from '../../shared/io/flock.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { AgentFailure } from '../failure.ts';
import { paths } from '../paths.ts';
import { makeDirectory } from './files.ts';

/** Runs `work` while no other call of ours runs in this ProxyVM. */
export async function withLock<T>(
    run: RunCommand,
    work: () => Promise<T>,
): Promise<T> {
    makeDirectory(paths.run, 0o755);
    // For appending: who changes nothing leaves no trace, not even a time.
    const fd = openSync(paths.lock, 'a', 0o600);
    try {
        const locked = await flock(run, fd, limits.lockSeconds);
        if (!locked.ok) {
            throw lockFailure(locked.error);
        }
        return await work();
    } finally {
        closeSync(fd);
    }
}

function lockFailure(failure: LockFailure): AgentFailure {
    return failure.kind === 'held'
        ? new AgentFailure('busy', 'another call did not end in time')
        : new AgentFailure('internal', `flock failed: ${failure.message}`);
}
