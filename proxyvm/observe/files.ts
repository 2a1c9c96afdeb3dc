// What lies under /run and in resolv.conf.
import { readdir, readFile } from 'node:fs/promises';
import type * as v from 'valibot';
import { isMissing } from '../../shared/io/errno.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { parseResolvers } from '../core/parse-resolvers.ts';
import {
    type ProxyRecord,
    proxyRecord,
    recordedFilter,
} from '../core/proxy-record.ts';
import { type ProxyUid, parseProxyUid } from '../core/proxy-uid.ts';
import { paths, proxyPaths } from '../paths.ts';

/** What is kept of a proxy; null for what is missing or not whole. */
export interface KeptFiles {
    readonly record: ProxyRecord | null;
    readonly beside: Filter | null;
}

/** Of every proxy with a directory. */
export async function observeKeptFiles(): Promise<Map<ProxyUid, KeptFiles>> {
    const names = await orIfMissing(readdir(paths.proxies), []);
    const uids = names.map(parseProxyUid).filter((uid) => uid !== null);
    const kept = await Promise.all(
        uids.map(async (uid) => [uid, await readKeptFiles(uid)] as const),
    );
    return new Map(kept);
}

async function readKeptFiles(uid: ProxyUid): Promise<KeptFiles> {
    const files = proxyPaths(uid);
    const [record, beside] = await Promise.all([
        readDecoded(proxyRecord, files.record),
        readDecoded(recordedFilter, files.beside),
    ]);
    return { record, beside };
}

/** What a file holds; null if it is missing or not whole. */
async function readDecoded<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
): Promise<v.InferOutput<Schema> | null> {
    const bytes = await orIfMissing(readFile(path), null);
    if (bytes === null) {
        return null;
    }
    const decoded = decode(schema, bytes, limits.requestBytes);
    return decoded.ok ? decoded.value : null;
}

export async function observeResolvers(): Promise<string[]> {
    return parseResolvers(
        await orIfMissing(readFile(paths.resolvConf, 'utf8'), ''),
    );
}

/** What the promise yields, or `fallback` if the file does not exist. */
export async function orIfMissing<T, F>(
    promise: Promise<T>,
    fallback: F,
): Promise<T | F> {
    try {
        return await promise;
    } catch (error) {
        if (isMissing(error)) {
            return fallback;
        }
        throw error;
    }
}
