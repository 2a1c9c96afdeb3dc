// A client that uses up all it can get, and what that costs: see exhaust.py.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sysFilter } from './agent.ts';
import { type BedResult, bed } from './bed.ts';
import { inProxyvm } from './proxyvm.ts';

const program = readFileSync(new URL('exhaust.py', import.meta.url));

/** Runs in `work` until its time is over. */
export function attack(task: string, seconds: number): Promise<BedResult> {
    return bed.run(
        ['qube', 'work', 'python3', '-', task, sysFilter, `${seconds}`],
        { input: program },
    );
}

/** The largest memory of any proxy until then, in KiB. */
export async function memoryUntil(end: Promise<unknown>): Promise<number> {
    let isOver = false;
    void end.finally(() => {
        isOver = true;
    });
    let most = 0;
    while (!isOver) {
        const sizes = await inProxyvm('ps -C tinyproxy -o rss=');
        most = Math.max(most, ...sizes.trim().split('\n').map(Number));
        await sleep(100);
    }
    return most;
}

function median(numbers: readonly number[]): number {
    return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

export function milliseconds(seconds: readonly number[]): string {
    const [half, most] = [median(seconds), Math.max(...seconds)].map((each) =>
        (1000 * each).toFixed(1),
    );
    return `median ${half}, at most ${most} ms of ${seconds.length}`;
}

/** Lines of that proxy in the journal, and the size of all of it in KiB. */
export async function journal(
    unit: string,
): Promise<{ lines: number; size: number }> {
    const [lines = 0, size = 0] = (
        await inProxyvm(
            `journalctl --sync; journalctl --no-pager --output=cat -u ${unit}` +
                ' | wc -l; du -sk /run/log/journal | cut -f1',
        )
    )
        .split('\n')
        .map(Number);
    return { lines, size };
}
