// Which change of a filter is a narrower one.
import { expect, test } from 'vitest';
import {
    fits,
    isWithin,
    type ProxyRecord,
} from '../../proxyvm/core/proxy-record.ts';
import type { Ip4 } from '../../shared/domain/address.ts';
import type { Domain } from '../../shared/domain/domain-name.ts';
import type { Network } from '../../shared/domain/network.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { filterOfHosts } from '../filters.ts';

function filterWith(change: Partial<Filter>): Filter {
    return filterOfHosts(['a.test'], change);
}

function lan(network: string, ports: number[]) {
    return {
        privateDestinations: [{ network: network as Network, ports }],
    };
}

function via(port: number, domain: string | null = null) {
    const upstream = {
        kind: 'socks5',
        address: '10.0.0.1' as Ip4,
        port,
        domain: domain as Domain | null,
    } as const;
    return { upstreams: [upstream] };
}

test.each<[string, Partial<Filter>, Partial<Filter>]>([
    ['a port more', { connectPorts: [443] }, { connectPorts: [443, 8443] }],
    ['plain HTTP', { httpPorts: [] }, { httpPorts: [80] }],
    ['a private network', {}, lan('10.0.0.0/8', [80])],
    ['a wider network', lan('10.1.0.0/16', [80]), lan('10.0.0.0/8', [80])],
    ['a port of a network', lan('10.1.2.3', [80]), lan('10.1.2.3', [80, 22])],
])('%s is more, and taking it back is less', (_, less, more) => {
    const [inner, outer] = [filterWith(less), filterWith(more)];
    expect(isWithin(inner, outer)).toBe(true);
    expect(isWithin(outer, inner)).toBe(false);
});

test.each<[string, Partial<Filter>, Partial<Filter>]>([
    ['an upstream', {}, via(1080)],
    ['another port of an upstream', via(1080), via(1081)],
    ['other hosts of an upstream', via(1080), via(1080, '.a.test')],
    ['another network', lan('10.1.0.0/16', [80]), lan('10.2.0.0/16', [80])],
])('%s is never less than what was', (_, one, other) => {
    const [first, second] = [filterWith(one), filterWith(other)];
    expect(isWithin(first, second)).toBe(false);
    expect(isWithin(second, first)).toBe(false);
});

test.each<[string, Partial<Filter>]>([
    ['a time-out', { timeoutSeconds: 5 }],
    ['a limit', { maxClients: 5 }],
    ['what is logged', { record: 'nothing' }],
])('%s lets through the same, and needs another proxy', (_, change) => {
    const [before, after] = [filterWith({}), filterWith(change)];
    expect(isWithin(before, after) && isWithin(after, before)).toBe(true);
    const client = {
        uuid: 'a',
        ip4: null,
        ip6: null,
    } as unknown as ProxyRecord;
    expect(fits({ ...client, filter: before }, client, before)).toBe(true);
    expect(fits({ ...client, filter: before }, client, after)).toBe(false);
});
