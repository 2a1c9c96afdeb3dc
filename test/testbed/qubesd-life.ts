// testbed qubesd: what others see of a qubesd that restarts, or hangs.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pidFile, qubesdSocket } from './xen/paths.ts';
import { takesCalls } from './xen/takes-calls.ts';

/** The signals that testbedd takes for them. */
const signals = {
    stop: 'SIGHUP',
    start: 'SIGUSR2',
    freeze: 'SIGSTOP',
    thaw: 'SIGCONT',
} as const;

type QubesdAction = keyof typeof signals;

export const qubesdActions = Object.keys(signals);

export function isQubesdAction(text: string): text is QubesdAction {
    return qubesdActions.includes(text);
}

/** Returns when it is so. */
export async function sendToQubesd(action: QubesdAction): Promise<void> {
    const isUp = action === 'start';
    if (
        (isUp || action === 'stop') &&
        (await takesCalls(qubesdSocket)) === isUp
    ) {
        return;
    }
    process.kill(Number(await readFile(pidFile, 'utf8')), signals[action]);
    while (
        (isUp || action === 'stop') &&
        (await takesCalls(qubesdSocket)) !== isUp
    ) {
        await sleep(10);
    }
}
