// Clients that a ProxyVM tells of and dom0 does not know: new ones, or made up.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';

/** Milliseconds between two looks for one that is not there. */
const shortestMs = 2000;
const longestMs = 60_000;

/** Of each ProxyVM: more than it has clients. */
const mostRemembered = 200;

interface Doubt {
    readonly missing: ReadonlySet<Uuid>;
    readonly pause: number;
    readonly looksAgainAt: number;
}

/**
 * Which of them are worth it that dom0 looks at its qubes again. A ProxyVM that
 * makes them up has it look ever more seldom. Times are monotonic milliseconds.
 */
export class Newcomers {
    readonly #doubts = new Map<QubeName, Doubt>();

    areWorthALook(
        proxyvm: QubeName,
        unknown: readonly Uuid[],
        now: number,
    ): boolean {
        const doubt = this.#doubts.get(proxyvm);
        return (
            now >= (doubt?.looksAgainAt ?? now) &&
            unknown.some((uuid) => doubt?.missing.has(uuid) !== true)
        );
    }

    /** It was looked, and those of its clients are not there. */
    noteLook(proxyvm: QubeName, missing: readonly Uuid[], now: number): void {
        const doubt = this.#doubts.get(proxyvm);
        const pause =
            missing.length === 0
                ? 0
                : Math.min(
                      Math.max(2 * (doubt?.pause ?? 0), shortestMs),
                      longestMs,
                  );
        const all = new Set([...(doubt?.missing ?? []), ...missing]);
        this.#doubts.set(proxyvm, {
            missing: new Set([...all].slice(-mostRemembered)),
            pause,
            looksAgainAt: now + pause,
        });
    }
}
