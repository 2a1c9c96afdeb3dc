// A change of who watches: read, changed and written under one lock.
import { readClocks } from './clocks.ts';
import type { Clocks } from './core/lasting.ts';
import type { Watching } from './core/watching.ts';
import type { Deps } from './deps.ts';

/** From then on whoever looks knows it. */
export async function changeWatching(
    deps: Deps,
    change: (before: Watching, clocks: Clocks) => Watching,
): Promise<void> {
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    await deps.withLock('.watching', async () => {
        const clocks = await readClocks(deps);
        const before = await deps.watching.read();
        await deps.watching.write(change(before, clocks));
    });
}
