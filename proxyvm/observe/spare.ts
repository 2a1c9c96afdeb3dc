import { lstatSync } from 'node:fs';
import { orIfMissing } from '../../shared/io/errno.ts';
import { type ProxyUid, parseProxyUid } from '../core/proxy-uid.ts';
import { paths } from '../paths.ts';

/** Whose turn it is, or was, to wait as a spare; null: nobody's so far. */
export function readSpare(): ProxyUid | null {
    const stat = orIfMissing(() => lstatSync(paths.spare), null);
    return stat?.isFIFO() ? parseProxyUid(String(stat.gid)) : null;
}
