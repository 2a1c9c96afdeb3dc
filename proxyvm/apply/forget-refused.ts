// What nftables counted for a user id that another client had before. It may
// still be there, and whoever gets the user id must not be told of it.
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { KnownProxy } from '../core/proxy-record.ts';
import { isReused } from '../core/requests/tenures.ts';
import { observeRefused } from '../observe/nft.ts';
import { readTenures } from '../observe/tenures.ts';
import { renderForgetRefused } from '../render/nft.ts';
import { nft } from './tools.ts';

/** Before their clients are led to these proxies. */
export async function forgetRefused(
    run: RunCommand,
    proxies: readonly KnownProxy[],
): Promise<void> {
    const tenures = readTenures();
    const reused = new Set(
        proxies.map(({ uid }) => uid).filter((uid) => isReused(tenures, uid)),
    );
    if (reused.size === 0) {
        return;
    }
    const refused = await observeRefused(run);
    const stale = refused.filter(({ uid }) => reused.has(uid));
    if (stale.length > 0) {
        await nft(run, renderForgetRefused(stale));
    }
}
