// Which way requests go, by the upstreams of a filter.
import { type Domain, isInDomain } from '../domain/domain-name.ts';
import type { Upstream } from './desired-state.ts';

/** A next proxy. */
export type NextProxy = Exclude<Upstream, { kind: 'none' }>;

export function isNextProxy(upstream: Upstream): upstream is NextProxy {
    return upstream.kind !== 'none';
}

/** Whether some hosts are connected to without a next proxy. */
export function goesDirect(upstreams: readonly Upstream[]): boolean {
    return (
        upstreams.some(({ kind }) => kind === 'none') ||
        upstreams.every(({ domain }) => domain !== null)
    );
}

/** The next proxy for a host; null for none. */
export function nextProxy(
    upstreams: readonly Upstream[],
    host: string,
): NextProxy | null {
    const last = bySpecificity(upstreams)
        .filter(({ domain }) => domain === null || isInDomain(host, domain))
        .at(-1);
    return last !== undefined && isNextProxy(last) ? last : null;
}

/**
 * In an order such that of all that are for one host the last one says most
 * about it: a host after its domain, a domain after those that it is in.
 */
export function bySpecificity(upstreams: readonly Upstream[]): Upstream[] {
    return [...upstreams].sort((a, b) => weight(a.domain) - weight(b.domain));
}

function weight(domain: Domain | null): number {
    if (domain === null) {
        return 0;
    }
    const name = domain.replace(/^\./, '');
    return 2 * name.length + (name === domain ? 1 : 0);
}
