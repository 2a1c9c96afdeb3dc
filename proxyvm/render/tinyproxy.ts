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
}

/** As tinyproxy's own default: an idle connection is closed then. */
const timeoutSeconds = 600;

/** One thread each; a browser with many tabs stays well below. */
const maxClients = 512;

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
