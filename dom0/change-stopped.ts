// A change of who is stopped: read, changed and written under one lock.
import type { Stopped } from './core/stopped.ts';
import type { Deps } from './deps.ts';
import { readStopped } from './view.ts';
import { noLocks, type VisitLocks, withLockBeside } from './visit-locks.ts';

export interface StoppedChange {
    readonly before: Stopped;
    readonly after: Stopped;
}

export interface Manner {
    readonly isTrial: boolean;
    /** What counts where the file cannot be understood. */
    readonly instead?: Stopped | null;
    /** Of ProxyVMs, as far as they are held. */
    readonly locks?: VisitLocks;
}

/**
 * Who is stopped, as a change makes it; written, unless it is a trial. A file
 * that cannot be understood is a failure where nothing counts instead.
 */
export async function changeStopped(
    deps: Deps,
    change: (before: Stopped) => Stopped,
    { isTrial, instead = null, locks = noLocks }: Manner,
): Promise<StoppedChange> {
    const changed = async () => {
        const before = await readOr(deps, instead);
        return { before, after: change(before) };
    };
    if (isTrial) {
        return changed();
    }
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return withLockBeside(deps, '.stopped', locks, async () => {
        const { before, after } = await changed();
        await deps.stopped.write(after);
        return { before, after };
    });
}

async function readOr(deps: Deps, instead: Stopped | null): Promise<Stopped> {
    if (instead === null) {
        return readStopped(deps);
    }
    const stopped = await deps.stopped.read();
    return stopped.ok ? stopped.value : instead;
}
