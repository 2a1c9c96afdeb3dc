// A look under the locks of ProxyVMs, which their visits may go by.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Told } from './core/concerned.ts';
import type { Deps } from './deps.ts';
import { Failure } from './failure.ts';
import { inParallel, width } from './in-parallel.ts';
import { noteOutdated } from './outdated.ts';
import { look, type View } from './view.ts';
import { VisitLock, VisitLocks } from './visit-locks.ts';

interface About {
    /** Which ProxyVMs will be visited, as far as that is known before a look. */
    readonly expected: (told: Told) => readonly QubeName[];
    /** Nothing is changed, and nothing visited. */
    readonly isTrial: boolean;
    /** How to look; missing: as always. */
    readonly look?: (deps: Deps) => Promise<View>;
}

/** A view, and the locks of ProxyVMs that are held since before it. */
export interface Seen {
    readonly view: View;
    readonly locks: VisitLocks;
}

/**
 * Looks, and acts on that. Those ProxyVMs whose lock is free are locked before,
 * as many as are visited at a time, until they were visited or the action has
 * ended: so their visits need no other look at all qubes.
 */
export async function lookUnderLock<T>(
    deps: Deps,
    about: About,
    action: (seen: Seen) => Promise<T>,
): Promise<T> {
    const locks = new VisitLocks(
        about.isTrial ? [] : await lockExpected(deps, about),
    );
    try {
        const view = await (about.look ?? look)(deps);
        return await action({ view, locks });
    } finally {
        await locks.end();
    }
}

/** The ProxyVMs that were told to serve one of those qubes, or are one. */
export function toldOf(qubes: readonly QubeName[]): About['expected'] {
    return (told) =>
        [...told]
            .filter(([proxyvm, clients]) =>
                qubes.some(
                    (qube) => qube === proxyvm || clients.includes(qube),
                ),
            )
            .map(([proxyvm]) => proxyvm);
}

/** All that were told something. */
export const allTold: About['expected'] = (told) => [...told.keys()];

/**
 * None where somebody else has the lock, or where something is wrong with it or
 * with the notes: to say so is for the visit, when what changes is stored.
 */
async function lockExpected(
    deps: Deps,
    { expected }: About,
): Promise<VisitLock[]> {
    const told = await orNull(() => deps.told.read());
    const proxyvms = told === null ? [] : expected(told);
    const locks = await inParallel(proxyvms.slice(0, width), (proxyvm) =>
        orNull(() => lockOf(deps, proxyvm)),
    );
    return locks.filter((lock) => lock !== null);
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
