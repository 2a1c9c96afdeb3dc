// Locks of ProxyVMs that are held for one visit each.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Deps } from './deps.ts';

/** A ProxyVM's lock, held since before a look, for one visit. */
export class VisitLock {
    readonly proxyvm: QubeName;
    readonly #release: () => Promise<void>;
    readonly #takeBack: () => Promise<unknown>;
    #isUsed = false;

    /** `takeBack` undoes that it was noted as out of date. */
    constructor(
        proxyvm: QubeName,
        release: () => Promise<void>,
        takeBack: () => Promise<unknown>,
    ) {
        this.proxyvm = proxyvm;
        this.#release = release;
        this.#takeBack = takeBack;
    }

    /** Whether it is neither used nor given back. */
    get isHeld(): boolean {
        return !this.#isUsed;
    }

    /** Runs an action as the visit, and releases the lock. */
    async visit<T>(action: () => Promise<T>): Promise<T> {
        this.#isUsed = true;
        try {
            return await action();
        } finally {
            await this.#release();
        }
    }

    /** Gives the lock back, unless it was used. */
    async end(): Promise<void> {
        if (!this.#isUsed) {
            await this.visit(this.#takeBack);
        }
    }
}

/** Those of several ProxyVMs, or none. */
export class VisitLocks {
    readonly #locks: readonly VisitLock[];

    constructor(locks: readonly VisitLock[]) {
        this.#locks = locks;
    }

    /** Those that are neither used nor given back. */
    get held(): readonly VisitLock[] {
        return this.#locks.filter(({ isHeld }) => isHeld);
    }

    /** Gives back all that were not used. */
    async end(): Promise<void> {
        await Promise.all(this.held.map((lock) => lock.end()));
    }
}

export const noLocks = new VisitLocks([]);

/**
 * Runs an action under the lock of that name. The locks of ProxyVMs that are
 * held are given back if there is somebody to wait for.
 */
export async function withLockBeside<T>(
    { withLock, lockIfFree }: Pick<Deps, 'withLock' | 'lockIfFree'>,
    name: string,
    locks: VisitLocks,
    action: () => Promise<T>,
): Promise<T> {
    const release = locks.held.length > 0 ? await lockIfFree(name) : null;
    if (release === null) {
        await locks.end();
        return withLock(name, action);
    }
    try {
        return await action();
    } finally {
        await release();
    }
}
