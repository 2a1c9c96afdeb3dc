// A host that a qube asked its proxy for, and what became of that.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { RequestEntry } from '../../../shared/protocol/requests.ts';

export type Outcome = RequestEntry['outcome'];
/** By a rule or for want of one; its port; where it leads. */
export type Reason = Exclude<Outcome, 'allowed'>;

export interface RequestedHost {
    readonly qube: QubeName;
    /** Host characters only, in lower case; as hostile as the qube. */
    readonly host: string;
    /** Null where it is not known. */
    readonly port: number | null;
    readonly outcome: Outcome;
    readonly count: number;
    readonly first: Date;
    readonly last: Date;
}

export type RefusedHost = Omit<RequestedHost, 'outcome'> & {
    readonly reason: Reason;
};

/**
 * What of it was refused, the newest last. Those of one second stay as the
 * ProxyVM has them, which knows better: else their order would change from
 * answer to answer, as their age is rounded.
 */
export function refusedAmong(all: readonly RequestedHost[]): RefusedHost[] {
    return all
        .flatMap(({ outcome, ...rest }) =>
            outcome === 'allowed' ? [] : [{ ...rest, reason: outcome }],
        )
        .sort((one, other) => one.last.getTime() - other.last.getTime());
}

/** What makes two of them one, for one qube. */
export function keyOf({
    host,
    port,
    outcome,
}: Pick<RequestedHost, 'host' | 'port' | 'outcome'>): string {
    return `${outcome} ${port ?? ''} ${host}`;
}
