import type { Deps } from './deps.ts';
import { noLocks, withLockBeside } from './visit-locks.ts';

/** Runs an action while nobody else of us changes a rule file. */
export function withRuleLock<T>(
    deps: Pick<Deps, 'withLock' | 'lockIfFree'>,
    action: () => Promise<T>,
    held = noLocks,
): Promise<T> {
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return withLockBeside(deps, '.rules', held, action);
}
