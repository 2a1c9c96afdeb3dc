// testbed qubesd: what others see of a qubesd that restarts, or hangs.
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pidFile, qubesdSocket } from './xen/paths.ts';

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
    if ((isUp || action === 'stop') && (await takesCalls()) === isUp) {
        return;
    }
    process.kill(Number(await readFile(pidFile, 'utf8')), signals[action]);
    while ((isUp || action === 'stop') && (await takesCalls()) !== isUp) {
        await sleep(10);
    }
}

function takesCalls(): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = createConnection(qubesdSocket);
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
    });
}
