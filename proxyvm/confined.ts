// What the guard asks, see guard: whether the proxies are still confined.
import type { RunCommand } from '../shared/io/run-command.ts';
import { withLock } from './apply/lock.ts';
import { systemctl } from './apply/tools.ts';
import { lastLoaded } from './loaded.ts';
import { observeTable } from './observe/nft.ts';
import { units } from './paths.ts';
import { tableName } from './render/nft.ts';

/**
 * Whether they are; if not they have ended. Under the lock: a call that loads
 * the table has noted it by then, and the next one sees what has ended.
 */
export async function confineOrEnd(run: RunCommand): Promise<boolean> {
    if (await isAsLoaded(run)) {
        return true;
    }
    return withLock(run, async () => {
        if (await isAsLoaded(run)) {
            return true;
        }
        // First: the guard is not needed without proxies, and ends with them.
        console.error(
            `${tableName} in nftables is not as it was loaded: no proxy ` +
                'runs on; in dom0: qvm-filterproxy update THIS-PROXYVM',
        );
        await systemctl(run, 'stop', [units.allProxies]);
        return false;
    });
}

/** By whichever version of ours: what confines them was loaded with them. */
async function isAsLoaded(run: RunCommand): Promise<boolean> {
    const table = await observeTable(run);
    return table !== null && table.listing === lastLoaded('table')?.listing;
}
