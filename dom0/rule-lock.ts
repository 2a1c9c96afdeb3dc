import type { Deps } from './deps.ts';

/** Runs an action while nobody else of us changes a rule file. */
export function withRuleLock<T>(
    { withLock }: Pick<Deps, 'withLock'>,
    action: () => Promise<T>,
): Promise<T> {
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return withLock('.rules', action);
}
