// From where a history has led back to the testbed as it comes up.
import { bed } from '../bed.ts';
import { settle } from './operations.ts';
import type { State } from './state.ts';

export async function restoreQubes(state: State): Promise<void> {
    await settle(state);
    for (const { name, isRunning } of state.clients.values()) {
        const isCreated = name.startsWith('new');
        if (isCreated && isRunning) {
            await bed.kill(name);
        }
        if (isCreated) {
            await bed.remove(name);
            continue;
        }
        await bed.must(['dom0', 'qvm-prefs', name, 'netvm', 'sys-filter']);
        if (!isRunning) {
            await bed.start(name);
        }
    }
}
