// What lies under /run and in resolv.conf.
import { readdir, readFile } from 'node:fs/promises';
import { parseIp4, parseIp6 } from '../../shared/domain/address.ts';
import { isMissing } from '../../shared/io/errno.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { type ProxyRecord, proxyRecord } from '../core/proxy-record.ts';
import { type ProxyUid, parseProxyUid } from '../core/proxy-uid.ts';
import { paths, proxyPaths } from '../paths.ts';

/** Every proxy with a directory; its record is null if it is not whole. */
export async function observeRecords(): Promise<
    Map<ProxyUid, ProxyRecord | null>
> {
    const names = await orIfMissing(readdir(paths.proxies), []);
    const uids = names.map(parseProxyUid).filter((uid) => uid !== null);
    const records = await Promise.all(uids.map(readRecord));
    return new Map(uids.map((uid, index) => [uid, records[index] ?? null]));
}

async function readRecord(uid: ProxyUid): Promise<ProxyRecord | null> {
    const bytes = await orIfMissing(readFile(proxyPaths(uid).record), null);
    if (bytes === null) {
        return null;
    }
    const record = decode(proxyRecord, bytes, limits.requestBytes);
    return record.ok ? record.value : null;
}

/** The name servers that resolv.conf(5) names; others are left out. */
export async function observeResolvers(): Promise<string[]> {
    const text = await orIfMissing(readFile(paths.resolvConf, 'utf8'), '');
    const addresses = text.split('\n').flatMap((line) => {
        const untrusted_address =
            /^nameserver\s+(\S+)\s*$/.exec(line)?.[1] ?? '';
        const address = parseIp4(untrusted_address).ok
            ? parseIp4(untrusted_address)
            : parseIp6(untrusted_address);
        return address.ok ? [address.value] : [];
    });
    return [...new Set(addresses)];
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
