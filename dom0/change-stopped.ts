// A change of who is stopped: read, changed and written under one lock.
import { nobodyStopped, type Stopped } from './core/stopped.ts';
import type { Deps } from './deps.ts';
import { readStopped } from './view.ts';
import { noLocks, type VisitLocks, withLockBeside } from './visit-locks.ts';

export interface StoppedChange {
    readonly before: Stopped;
    readonly after: Stopped;
}

export interface Manner {
    readonly isTrial: boolean;
    /** A file that cannot be understood says that none is stopped. */
    readonly isWhateverItSays?: boolean;
    /** Of ProxyVMs, as far as they are held. */
    readonly locks?: VisitLocks;
}

/**
 * Who is stopped, as a change makes it; written, unless it is a trial. A file
 * that cannot be understood is a failure, unless it does not matter.
 */
export async function changeStopped(
    deps: Deps,
    change: (before: Stopped) => Stopped,
    { isTrial, isWhateverItSays = false, locks = noLocks }: Manner,
): Promise<StoppedChange> {
    const changed = async () => {
        const before = await (isWhateverItSays
            ? readIfUnderstood(deps)
            : readStopped(deps));
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

async function readIfUnderstood(deps: Deps): Promise<Stopped> {
    const stopped = await deps.stopped.read();
    return stopped.ok ? stopped.value : nobodyStopped;
}
