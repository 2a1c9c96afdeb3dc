import type { Clocks } from './core/lasting.ts';
import { bootOf } from './core/moment.ts';
import type { Deps } from './deps.ts';

/** What both clocks of dom0 say now. */
export async function readClocks(deps: Deps): Promise<Clocks> {
    const { boot } = await deps.issue();
    return {
        nowMs: deps.now().getTime(),
        monotonicMs: deps.monotonicMs(),
        boot: bootOf(boot),
    };
}
