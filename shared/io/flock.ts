import { toPrintable } from '../printable.ts';
import { err, ok, type Result } from '../result.ts';
import type { RunCommand } from './run-command.ts';

export type LockFailure =
    /** Somebody else held it all the time. */
    | { readonly kind: 'held' }
    | { readonly kind: 'failed'; readonly message: string };

/** Until flock(1) itself counts as hung. */
const slackMs = 10_000;

/**
 * Waits up to `seconds`, which may be none, for the exclusive lock of an open
 * file. flock(1) locks the open file, which it shares with us: so the lock is
 * ours, and ends with us, however we end.
 */
export async function flock(
    run: RunCommand,
    fd: number,
    seconds: number,
): Promise<Result<null, LockFailure>> {
    const { exitCode, stderr } = await run(
        'flock',
        ['--exclusive', '--timeout', String(seconds), '3'],
        { extraFds: [fd], timeoutMs: seconds * 1000 + slackMs },
    );
    if (exitCode === 0) {
        return ok(null);
    }
    const message = toPrintable(stderr.toString('latin1'), 200);
    return err(exitCode === 1 ? { kind: 'held' } : { kind: 'failed', message });
}
