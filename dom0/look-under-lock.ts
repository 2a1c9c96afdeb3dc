// A look under the lock of a ProxyVM, which its visit may go by.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Told } from './core/concerned.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { noteOutdated } from './outdated.ts';
import { look, type View } from './view.ts';

interface About {
    /** Whose rules may be changed. */
    readonly qube: QubeName;
    /** Nothing is changed, and nothing visited. */
    readonly isTrial: boolean;
}

/** A view, and the lock of a ProxyVM that is held since before it. */
export interface Seen {
    readonly view: View;
    readonly lock: VisitLock | null;
}

/**
 * Looks, and acts on that. The ProxyVM that was told to serve the qube is
 * locked before, if it can be at once, until it was visited or the action has
 * ended: so its visit needs no other look at all qubes.
 */
export async function lookUnderLock<T>(
    deps: Deps,
    { qube, isTrial }: About,
    action: (seen: Seen) => Promise<T>,
): Promise<T> {
    const lock = isTrial ? null : await lockServing(deps, qube);
    try {
        return await action({ view: await look(deps), lock });
    } finally {
        await lock?.end();
    }
}

/** A ProxyVM's lock, held since before a look, for one visit. */
export class VisitLock {
    readonly #proxyvm: QubeName;
    readonly #release: () => Promise<void>;
    readonly #takeBack: () => Promise<unknown>;
    #isUsed = false;

    /** `takeBack` undoes that it was noted as out of date. */
    constructor(
        proxyvm: QubeName,
        release: () => Promise<void>,
        takeBack: () => Promise<unknown>,
    ) {
        this.#proxyvm = proxyvm;
        this.#release = release;
        this.#takeBack = takeBack;
    }

    /** Whether it is that one's, and neither used nor given back. */
    isFor(proxyvm: QubeName): boolean {
        return proxyvm === this.#proxyvm && !this.#isUsed;
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

/**
 * Null if somebody else has the lock, and if something is wrong with it or
 * with the notes: to say so is for the visit, when the rules are stored.
 */
async function lockServing(
    deps: Deps,
    qube: QubeName,
): Promise<VisitLock | null> {
    return orNull(async () => {
        const proxyvm = toldToServe(await deps.told.read(), qube);
        return proxyvm && (await lockOf(deps, proxyvm));
    });
}

async function orNull<T>(action: () => Promise<T>): Promise<T | null> {
    try {
        return await action();
    } catch (error) {
        if (error instanceof Failure) {
            return null;
        }
        throw error;
    }
}

function toldToServe(told: Told, qube: QubeName): QubeName | null {
    const serving = [...told].find(([, clients]) => clients.includes(qube));
    return serving?.[0] ?? null;
}

async function lockOf(
    deps: Deps,
    proxyvm: QubeName,
): Promise<VisitLock | null> {
    const release = await deps.lockIfFree(proxyvm);
    if (release === null) {
        return null;
    }
    try {
        const takeBack = await noteOutdated(deps, proxyvm);
        // If it cannot be, the ProxyVM is visited once more than is needed.
        return new VisitLock(proxyvm, release, () => orNull(takeBack));
    } catch (error) {
        await release();
        throw error;
    }
}
