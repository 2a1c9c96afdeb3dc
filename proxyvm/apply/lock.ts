import { open } from 'node:fs/promises';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { AgentFailure } from '../failure.ts';
import { paths } from '../paths.ts';
import { makeDirectory } from './files.ts';

/**
 * Runs `work` while no other call of ours runs in this ProxyVM. flock(1)
 * locks the open file that it shares with us, so the lock ends with us,
 * however we end.
 */
export async function withLock<T>(
    run: RunCommand,
    work: () => Promise<T>,
): Promise<T> {
    await makeDirectory(paths.run, 0o755);
    const file = await open(paths.lock, 'w', 0o600);
    try {
        const locked = await run(
            'flock',
            ['--exclusive', '--timeout', String(limits.lockSeconds), '3'],
            {
                extraFds: [file.fd],
                timeoutMs: (limits.lockSeconds + 5) * 1000,
            },
        );
        if (locked.exitCode !== 0) {
            throw new AgentFailure('busy', 'another call did not end in time');
        }
        return await work();
    } finally {
        await file.close();
    }
}
