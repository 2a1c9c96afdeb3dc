// The requests that a ProxyVM counted, as far as rules are about them.
import type { Uuid } from '../../../shared/domain/uuid.ts';
import type { ClientRequests } from '../../../shared/protocol/requests.ts';
import type { Default } from '../default.ts';

/** Requests for one host that a proxy decided by its rules. */
export interface Counter {
    readonly host: string;
    readonly count: number;
    /** When, in seconds since 1970 by dom0's clock. */
    readonly first: number;
    readonly last: number;
}

/** What was counted of one client. */
export interface Counters {
    readonly uuid: Uuid;
    /** Their identity: others have counted anew. */
    readonly since: Uuid;
    /** Between these moments, in seconds since 1970, they were asked for. */
    readonly from: number;
    readonly to: number;
    readonly counters: readonly Counter[];
}

/** dom0's time before and after it asked, milliseconds since 1970. */
export interface AskedAt {
    readonly beforeMs: number;
    readonly afterMs: number;
}

/**
 * The counters of a client that its rules decide on: what they let through or,
 * of a block list, what they refuse. Null: it counts nothing.
 */
export function countersOf(
    { uuid, since, entries }: ClientRequests,
    byDefault: Default,
    { beforeMs, afterMs }: AskedAt,
): Counters | null {
    if (since === null) {
        return null;
    }
    const outcome = byDefault === 'allow' ? 'filter' : 'allowed';
    const from = Math.floor(beforeMs / 1000);
    const to = Math.ceil(afterMs / 1000);
    const ago = (seconds: number) => Math.max(0, from - seconds);
    const counters = entries
        .filter((entry) => entry.outcome === outcome)
        .map(({ host, count, firstAgo, lastAgo }) => ({
            host,
            count,
            first: ago(firstAgo),
            last: ago(lastAgo),
        }));
    return { uuid, since, from, to, counters };
}
