import { oddNameLines } from '../../shared/pattern/index.ts';
import {
    addressesOf,
    type Filter,
} from '../../shared/protocol/desired-state.ts';
import type { ProxyRecord } from '../core/proxy-record.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import type { TinyproxyVersion } from '../core/tinyproxy-version.ts';
import { render } from '../templates/tinyproxy.conf.hbs';

export interface TinyproxyFiles {
    readonly config: string;
    readonly filter: string;
    /** For its unit. */
    readonly environment: string;
}

/** As tinyproxy's own default: an idle connection is closed then. */
const timeoutSeconds = 600;

/** One thread each; a browser with many tabs stays well below. */
const maxClients = 512;

/** Bytes: see DATA_LIMIT below. */
const dataLimit = 384 * 1024 * 1024;

/**
 * What a proxy's unit and the C library in it read. DATA_LIMIT is how much data
 * it may have, so that who uses it up loses his connection only: 128 MiB more
 * than the memory at which the kernel kills it (MemoryMax= of its unit), since
 * the 256 KiB of stack of each of 512 threads count too. With a block list it
 * is killed instead: without memory to match a line tinyproxy goes on as if it
 * did not match (src/filter.c). And there no name is completed by the
 * resolver's search list (resolv.conf(5)): what is asked for is not what was
 * matched.
 */
const environments = {
    deny: `DATA_LIMIT=${dataLimit}\n`,
    allow: 'DATA_LIMIT=unlimited\nLOCALDOMAIN=.\n',
} as const;

/**
 * What tinyproxy reads for one client. `secret` is a random word: whoever
 * knew the name of the statistics page could ask for it.
 */
export function renderTinyproxy(
    uid: ProxyUid,
    record: ProxyRecord,
    version: TinyproxyVersion,
    filterPath: string,
    secret: string,
): TinyproxyFiles {
    const { filter } = record;
    return {
        config: render({
            name: record.name,
            port: portOf(uid),
            allowed: allowedAddresses(record, version),
            connectPorts: filter.connectPorts,
            deniesByDefault: filter.default === 'deny' ? 'Yes' : 'No',
            filterPath,
            timeoutSeconds,
            maxClients,
            statHost: `${secret}.invalid`,
        }),
        filter: linesOf(filter)
            .map((line) => `${line}\n`)
            .join(''),
        environment: environments[filter.default],
    };
}

/** Before a block list stands what no document can leave out. */
function linesOf({ default: byDefault, lines }: Filter): readonly string[] {
    return byDefault === 'deny' ? lines : [...oddNameLines, ...lines];
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
