import type { Deps } from './deps.ts';
import type { VisitLock } from './look-under-lock.ts';

/** No ProxyVM's lock has that name: a qube's starts with a letter. */
const name = '.rules';

/**
 * Runs an action while nobody else of us changes a rule file. A ProxyVM's lock
 * that is held is given back if there is somebody to wait for.
 */
export async function withRuleLock<T>(
    { withLock, lockIfFree }: Pick<Deps, 'withLock' | 'lockIfFree'>,
    action: () => Promise<T>,
    held: VisitLock | null = null,
): Promise<T> {
    const release = held && (await lockIfFree(name));
    if (release === null) {
        await held?.end();
        return withLock(name, action);
    }
    try {
        return await action();
    } finally {
        await release();
    }
}
