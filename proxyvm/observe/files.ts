// What lies under /run and in resolv.conf.
import { readdirSync } from 'node:fs';
import type * as v from 'valibot';
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import { orIfMissing } from '../../shared/io/errno.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { type KeptDeadlines, keptDeadlines } from '../core/kept-deadlines.ts';
import { parseResolvers } from '../core/parse-resolvers.ts';
import {
    type KnownProxy,
    keptFilter,
    type ProxyRecord,
    proxyRecord,
} from '../core/proxy-record.ts';
import { type ProxyUid, parseProxyUid } from '../core/proxy-uid.ts';
import { paths, proxyPaths } from '../paths.ts';
import { readIfThere, readKept } from './kept.ts';
import { Unchanged } from './unchanged.ts';

/** A filter for each; all come out of one document. */
const maxDeadlineBytes = 2 * limits.requestBytes;

/**
 * What is kept of a proxy; null for what is missing or not whole. The latter
 * is said in the journal.
 */
export interface KeptFiles {
    readonly record: ProxyRecord | null;
    readonly beside: Filter | null;
    readonly deadlines: KeptDeadlines;
}

/** Of every proxy with a directory. */
export async function observeKeptFiles(): Promise<Map<ProxyUid, KeptFiles>> {
    return new Map(proxiesKept().map((uid) => [uid, readKeptFiles(uid)]));
}

function proxiesKept(): ProxyUid[] {
    const names = orIfMissing(() => readdirSync(paths.proxies), []);
    return names.map(parseProxyUid).filter((uid) => uid !== null);
}

/** The records of all proxies, for who asks again and again. */
export class ProxyRecords {
    readonly #files = new Unchanged<ProxyRecord | null>();

    read(): KnownProxy[] {
        return proxiesKept().flatMap((uid) => {
            const path = proxyPaths(uid).record;
            const record = this.#files.read(path, readRecord);
            return record === null ? [] : [{ uid, record }];
        });
    }
}

function readRecord(path: string): ProxyRecord | null {
    return readDecoded(proxyRecord, path);
}

function readKeptFiles(uid: ProxyUid): KeptFiles {
    const files = proxyPaths(uid);
    return {
        record: readRecord(files.record),
        beside: readDecoded(keptFilter, files.beside),
        deadlines: readDeadlines(files.deadlines),
    };
}

/** What is not whole is over: nobody knows when it would be. */
function readDeadlines(path: string): KeptDeadlines {
    const kept = readKept(keptDeadlines, path, maxDeadlineBytes);
    if (kept === null || kept.ok) {
        return kept?.value ?? [];
    }
    console.error(`${path}: ${kept.error}`);
    return [{ unix: 0, uptime: 0, filter: null }];
}

/** What a file holds; null if it is missing or not whole. */
function readDecoded<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
): v.InferOutput<Schema> | null {
    const kept = readKept(schema, path, limits.requestBytes);
    if (kept === null || kept.ok) {
        return kept?.value ?? null;
    }
    console.error(`${path}: ${kept.error}`);
    return null;
}

/** None where it cannot be read: then no proxy may ask any. */
export async function observeResolvers(): Promise<(Ip4 | Ip6)[]> {
    const read = readIfThere(paths.resolvConf);
    if (read?.ok === false) {
        console.error(`${paths.resolvConf}: ${read.error}`);
    }
    return parseResolvers(read?.ok ? read.value.toString() : '');
}
