// The requests that a ProxyVM counted, as far as rules are about them.
import type { Uuid } from '../../../shared/domain/uuid.ts';
import type { ClientRequests } from '../../../shared/protocol/requests.ts';
import type { Default } from '../default.ts';

/** Requests for one host that a proxy decided by its rules. */
export interface Counter {
    readonly host: string;
    readonly count: number;
    /** Seconds before they were asked for, without those of a suspend. */
    readonly firstAgo: number;
    readonly lastAgo: number;
}

/** What was counted of one client. */
export interface Counters {
    readonly uuid: Uuid;
    /** Their identity: others have counted anew. */
    readonly since: Uuid;
    readonly asked: Asked;
    /** Requests that are counted without their host. */
    readonly unnamed: number;
    readonly counters: readonly Counter[];
}

/** When a ProxyVM was asked: between two moments, since it takes time. */
export interface Asked {
    /** The run of dom0, whose uptime these two are of, in seconds. */
    readonly boot: string;
    readonly from: number;
    readonly to: number;
    /** By the clock, in seconds since 1970. */
    readonly now: number;
}

/**
 * The counters of a client that its rules decide on: what they let through or,
 * of a block list, what they refuse. Null: it counts nothing.
 */
export function countersOf(
    { uuid, since, unnamed, entries }: ClientRequests,
    byDefault: Default,
    asked: Asked,
): Counters | null {
    if (since === null) {
        return null;
    }
    const outcome = byDefault === 'allow' ? 'filter' : 'allowed';
    const counters = entries
        .filter((entry) => entry.outcome === outcome)
        .map(({ host, count, firstAgo, lastAgo }) => ({
            host,
            count,
            firstAgo,
            lastAgo,
        }));
    return { uuid, since, asked, unnamed, counters };
}
