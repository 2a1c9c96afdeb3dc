import {
    addressesOf,
    type Filter,
    type Upstream,
} from '../../shared/protocol/desired-state.ts';
import { bySpecificity, isNextProxy } from '../../shared/protocol/route.ts';
import type { ProxyRecord } from '../core/proxy-record.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import { logBytes } from '../core/recorder/recorded.ts';
import type { TinyproxyVersion } from '../core/tinyproxy-version.ts';
import { render } from '../templates/tinyproxy.conf.hbs';
import { isConnectOnly, renderFilter } from './filter.ts';

export interface TinyproxyFiles {
    readonly config: string;
    readonly filter: string;
    /** For the program proxy. */
    readonly environment: string;
}

/** What it logs, in tinyproxy's words. */
const logLevels = {
    refused: 'Notice',
    nothing: 'Warning',
    all: 'Connect',
} as const;

/** KiB. */
const [dataBeside, stackOfThread] = [256 * 1024, 256];

/**
 * What the program proxy and the C library read. DATA_LIMIT is how many KiB of
 * data tinyproxy may have, the stack of each of its threads among them, so that
 * who uses them up loses his connection only: less than the memory at which the
 * kernel kills it (MemoryMax= of its unit), where what the kernel keeps for its
 * connections counts too. With a block list it is killed instead: without memory to match a line tinyproxy goes on as if it did
 * not match (src/filter.c). And there no name is completed by the resolver's
 * search list (resolv.conf(5)): what is asked for is not what was matched.
 */
function environmentOf({ default: byDefault, maxClients }: Filter): string {
    const dataLimit = dataBeside + maxClients * stackOfThread;
    return byDefault === 'deny'
        ? `DATA_LIMIT=${dataLimit}\n`
        : 'DATA_LIMIT=unlimited\nLOCALDOMAIN=.\n';
}

/**
 * With a log: beyond that many blocks of 512 bytes it is not written on, and the
 * signal that would end tinyproxy for trying it is ignored. Its log goes nowhere
 * then.
 */
const logLimit = `LOG_LIMIT=${logBytes / 512}\n`;

/** Where its files are. */
export interface TinyproxyPaths {
    readonly filter: string;
    /** The pages for status 403, and for all others. */
    readonly refused: string;
    readonly failed: string;
    /** For all that is asked for: see recorder/. */
    readonly log: string;
}

/**
 * What tinyproxy reads for one client. `secret` is a random word: whoever
 * knew the name of the statistics page could ask for it.
 */
export function renderTinyproxy(
    uid: ProxyUid,
    record: ProxyRecord,
    version: TinyproxyVersion,
    paths: TinyproxyPaths,
    secret: string,
): TinyproxyFiles {
    const { filter } = record;
    const recordsAll = filter.record === 'all';
    return {
        config: render({
            name: record.name,
            port: portOf(uid),
            allowed: allowedAddresses(record, version),
            connectPorts: connectPortsOf(filter),
            upstreams: bySpecificity(filter.upstreams).flatMap(renderUpstream),
            deniesByDefault: filter.default === 'deny' ? 'Yes' : 'No',
            filterPath: paths.filter,
            isConnectOnly: isConnectOnly(filter),
            timeoutSeconds: filter.timeoutSeconds,
            maxClients: filter.maxClients,
            logLevel: logLevels[filter.record],
            logPath: recordsAll ? paths.log : null,
            refusedPath: paths.refused,
            failedPath: paths.failed,
            statHost: `${secret}.invalid`,
        }),
        filter: renderFilter(filter),
        environment: environmentOf(filter) + (recordsAll ? logLimit : ''),
    };
}

/**
 * Those of private networks, too: nftables holds them to these. Not so where
 * a next proxy takes a port to any host.
 */
export function connectPortsOf(filter: Filter): number[] {
    const { connectPorts, upstreams, privateDestinations } = filter;
    const more = upstreams.some(isNextProxy) ? [] : privateDestinations;
    return [
        ...new Set([...connectPorts, ...more.flatMap(({ ports }) => ports)]),
    ];
}

/**
 * tinyproxy takes the last line that is for a host, but the one for all after
 * all others (src/upstream.c), and ".a.test" is not a.test there.
 */
function renderUpstream(upstream: Upstream): string[] {
    const { kind, domain } = upstream;
    const to = isNextProxy(upstream)
        ? `${kind} ${upstream.address}:${upstream.port}`
        : kind;
    if (domain === null) {
        return [to];
    }
    const sites = domain.startsWith('.') ? [domain, domain.slice(1)] : [domain];
    return sites.map((site) => `${to} "${site}"`);
}

/**
 * tinyproxy 1.11.1 cuts the address of an IPv6 client that comes after an
 * IPv4 one to its first half (fixed in 1.11.2, src/child.c): there nftables
 * alone decides about the rest of it.
 */
function allowedAddresses(
    record: ProxyRecord,
    version: TinyproxyVersion,
): string[] {
    return addressesOf(record).map((address) =>
        address.includes(':') && version.mistakesIp6Clients
            ? `${address}/64`
            : address,
    );
}
