import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** Waits until it is so; fails after so many seconds. */
export async function until(
    isSo: () => Promise<boolean>,
    seconds: number,
): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (!(await isSo())) {
        expect(performance.now()).toBeLessThan(deadline);
        await sleep(50);
    }
}
