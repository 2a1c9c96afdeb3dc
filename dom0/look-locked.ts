// A look under the lock of a ProxyVM, which holds for its visit, too.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { Deps } from './deps.ts';
import { noteOutdated } from './outdated.ts';
import { type Locked, look, type View } from './view.ts';

interface About {
    /** Whose rules may be changed. */
    readonly qube: QubeName;
    /** Nothing is changed, and nothing visited. */
    readonly isTrial: boolean;
}

/**
 * Looks, and acts on what was seen. The ProxyVM that was told to serve the
 * qube is locked before, if nobody else has it, until it was visited or the
 * action has ended: so its visit needs no other look. To wait for the lock
 * would be to let who mistyped a word wait for others.
 */
export async function lookLocked<T>(
    deps: Deps,
    { qube, isTrial }: About,
    action: (view: View) => Promise<T>,
): Promise<T> {
    const proxyvm = isTrial ? null : await toldToServe(deps, qube);
    const release = proxyvm && (await deps.lockIfFree(proxyvm));
    if (proxyvm === null || release === null) {
        return action(await look(deps));
    }
    const locked = new LockedProxyvm(proxyvm, release);
    try {
        locked.takeBack = await noteOutdated(deps, proxyvm);
        return await action({ ...(await look(deps)), locked });
    } finally {
        await locked.end();
    }
}

async function toldToServe(
    { told }: Deps,
    qube: QubeName,
): Promise<QubeName | null> {
    for (const [proxyvm, clients] of await told.read()) {
        if (clients.includes(qube)) {
            return proxyvm;
        }
    }
    return null;
}

class LockedProxyvm implements Locked {
    readonly #proxyvm: QubeName;
    readonly #release: () => Promise<void>;
    #isOver = false;
    /** What undoes that it is taken for out of date. */
    takeBack: () => Promise<void> = async () => undefined;

    constructor(proxyvm: QubeName, release: () => Promise<void>) {
        this.#proxyvm = proxyvm;
        this.#release = release;
    }

    isFor(proxyvm: QubeName): boolean {
        return proxyvm === this.#proxyvm && !this.#isOver;
    }

    async visit<T>(action: () => Promise<T>): Promise<T> {
        this.#isOver = true;
        try {
            return await action();
        } finally {
            await this.#release();
        }
    }

    /** Releases it, if it was not visited. */
    async end(): Promise<void> {
        if (this.#isOver) {
            return;
        }
        this.#isOver = true;
        try {
            await this.takeBack();
        } finally {
            await this.#release();
        }
    }
}
