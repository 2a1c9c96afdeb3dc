import type { ProxyRecord } from '../core/proxy-record.ts';
import type { ProxyUid } from '../core/proxy-uid.ts';
import { withTenure } from '../core/requests/tenures.ts';
import { monotonicSeconds } from '../observe/clocks.ts';
import { readTenures } from '../observe/tenures.ts';
import { paths } from '../paths.ts';
import { writeWhole } from './files.ts';

/** Before its proxy starts: from now on the user id is this client's. */
export function noteTenure(
    uid: ProxyUid,
    { uuid, name }: Pick<ProxyRecord, 'uuid' | 'name'>,
): void {
    const one = { uid, client: uuid, name, from: monotonicSeconds() };
    const all = withTenure(readTenures(), one);
    writeWhole(paths.tenures, JSON.stringify(all));
}
