// Calls that go on do not add up in a ProxyVM: there are so many places.
import { closeSync, openSync } from 'node:fs';
import { flock } from '../../shared/io/flock.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { AgentFailure } from '../failure.ts';
import { followPath, paths } from '../paths.ts';
import { makeDirectory } from './files.ts';

/** Runs `work` in a place of its own, or fails at once if all are taken. */
export async function inFollowPlace<T>(
    run: RunCommand,
    work: () => Promise<T>,
): Promise<T> {
    makeDirectory(paths.run, 0o755);
    for (let place = 1; place <= limits.follows; place += 1) {
        const fd = openSync(followPath(place), 'a', 0o600);
        try {
            const taken = await flock(run, fd, 0);
            if (taken.ok) {
                return await work();
            }
            if (taken.error.kind === 'failed') {
                const { message } = taken.error;
                throw new AgentFailure('internal', `flock failed: ${message}`);
            }
        } finally {
            closeSync(fd);
        }
    }
    throw new AgentFailure(
        'busy',
        `${limits.follows} calls follow requests here already: end one of them`,
    );
}
