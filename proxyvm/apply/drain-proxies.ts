// From now on systemd looks after an old proxy: see systemd/*-drain@.timer.
import { readFileSync, rmSync } from 'node:fs';
import { orIfMissing } from '../../shared/io/errno.ts';
import type { Drain, StepOf } from '../core/step.ts';
import { readClocks } from '../observe/clocks.ts';
import { proxyPaths, units } from '../paths.ts';
import { writeWhole } from './files.ts';
import { systemctl, type Tools } from './tools.ts';

export async function drainProxies(
    { run }: Tools,
    { drains }: StepOf<'drain-proxies'>,
): Promise<void> {
    noteDrains(drains);
    await systemctl(run, 'start', timersOf(drains));
}

export function timersOf(drains: readonly Drain[]): string[] {
    return drains.map(({ uid }) => units.drainTimer(uid));
}

/** Before their timers are started. */
export function noteDrains(drains: readonly Drain[]): void {
    const uptime = Math.floor(readClocks().uptime);
    for (const drain of drains) {
        noteDrain(drain, uptime);
    }
}

function noteDrain({ uid, seconds, beside }: Drain, uptime: number): void {
    const files = proxyPaths(uid);
    if (beside !== null) {
        writeWhole(files.beside, JSON.stringify(beside));
    }
    const noted = orIfMissing(
        () => readFileSync(files.drainsUntil, 'latin1'),
        '',
    );
    const before = /^[0-9]{1,12}\n$/.test(noted) ? Number(noted) : Infinity;
    const until = Math.min(before, uptime + seconds);
    writeWhole(files.drainsUntil, `${until}\n`);
}

export async function keepProxies(
    { run }: Tools,
    { uids }: StepOf<'keep-proxies'>,
): Promise<void> {
    await systemctl(run, 'stop', uids.map(units.drainTimer));
    for (const uid of uids) {
        const { drainsUntil, beside } = proxyPaths(uid);
        rmSync(drainsUntil, { force: true });
        rmSync(beside, { force: true });
    }
}
