// Which old proxies may finish the connections they have, and for how long.
import type {
    DesiredClient,
    Filter,
} from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { ObservedProxy } from './observed-state.ts';
import { isWithin } from './proxy-record.ts';
import type { Drain } from './step.ts';

/** An old proxy of a client, and the filter that the client is to have. */
export interface OldProxy {
    readonly proxy: ObservedProxy;
    /** Whether a door leads to it until now. */
    readonly isServing: boolean;
    readonly narrowing: DesiredClient['narrowing'];
    readonly filter: Filter;
}

/**
 * How it drains; null: it must end. It may drain if it lets through nothing
 * that the filter does not. One that lets through more may do so if dom0
 * says it now, or said it before and the filter was not narrowed since.
 */
export function drainOf(old: OldProxy): Drain | null {
    const { proxy, isServing, narrowing, filter } = old;
    const { uid, record, beside } = proxy;
    if (record === null) {
        return null;
    }
    if (mayDrain(record.filter, beside, filter)) {
        return { uid, seconds: limits.drainSeconds, beside };
    }
    // One that neither serves nor drains was to end already.
    return narrowing !== 'end' && (isServing || proxy.isDraining)
        ? { uid, seconds: narrowing.drainSeconds, beside: filter }
        : null;
}

/**
 * Whether a proxy with the filter `own` may drain while `filter` holds, as it
 * is within that, or as what it was let drain beside is.
 */
export function mayDrain(
    own: Filter,
    beside: Filter | null,
    filter: Filter,
): boolean {
    return (
        isWithin(own, filter) || (beside !== null && isWithin(beside, filter))
    );
}

/** Whether it drains like that already. */
export function isDrainingSo(
    { isDraining, beside }: ObservedProxy,
    drain: Drain,
): boolean {
    return isDraining && equalFilters(beside, drain.beside);
}

export function equalFilters(
    one: Filter | null,
    other: Filter | null,
): boolean {
    return one === null || other === null
        ? one === other
        : isWithin(one, other) && isWithin(other, one);
}
