// What is to end by itself is systemd's to end: a timer for each proxy, which
// has the agent put the next filter in force, and ends the proxy without any
// program if that fails.
import { rmSync } from 'node:fs';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runOrFail } from '../commands.ts';
import {
    asKept,
    type KeptDeadline,
    type KeptDeadlines,
} from '../core/kept-deadlines.ts';
import type { ProxyUid } from '../core/proxy-uid.ts';
import type { StepOf } from '../core/step.ts';
import { readClocks } from '../observe/clocks.ts';
import { observeUnits } from '../observe/units.ts';
import { paths, proxyPaths, units } from '../paths.ts';
import { writeWhole } from './files.ts';
import { systemctl, type Tools } from './tools.ts';

export async function setDeadlines(
    { run, planned }: Tools,
    { timings }: StepOf<'set-deadlines'>,
): Promise<void> {
    const { timers } = await observeUnits(run);
    for (const timing of timings) {
        const kept = timing.deadlines.map((each) => asKept(each, planned));
        await setOne(run, timing.uid, kept, timers.get(timing.uid) ?? []);
    }
}

/** First the new timer, then what it goes by, and then the old ones go. */
async function setOne(
    run: RunCommand,
    uid: ProxyUid,
    kept: KeptDeadlines,
    timers: readonly number[],
): Promise<void> {
    const [first] = kept;
    if (first === undefined) {
        rmSync(proxyPaths(uid).deadlines, { force: true });
    } else {
        if (!timers.includes(first.unix)) {
            await startTimer(run, uid, first);
        }
        writeWhole(proxyPaths(uid).deadlines, JSON.stringify(kept));
    }
    const stale = timers.filter((at) => at !== first?.unix);
    if (stale.length > 0) {
        const names = stale.map((at) => `${units.expiry(uid, at)}.timer`);
        await systemctl(run, 'stop', names);
    }
}

/**
 * By both clocks, whichever comes first: see core/kept-deadlines.ts. Should
 * the agent be killed it is tried again, to open what holds then.
 */
async function startTimer(
    run: RunCommand,
    uid: ProxyUid,
    { unix: at, uptime }: KeptDeadline,
): Promise<void> {
    const seconds = Math.max(uptime - readClocks().uptime, 0.1);
    await runOrFail(run, 'systemd-run', [
        '--quiet',
        `--unit=${units.expiry(uid, at)}`,
        `--description=The end of a filter by its time (user id ${uid})`,
        `--on-active=${seconds.toFixed(1)}s`,
        `--on-calendar=@${at}`,
        '--on-unit-inactive=10s',
        '--timer-property=AccuracySec=100ms',
        '--property=CollectMode=inactive-or-failed',
        '--property=Type=oneshot',
        // Longer than it takes; then it is closed whoever holds the lock.
        '--property=TimeoutStartSec=10s',
        `--property=OnFailure=${units.expired(uid)}`,
        paths.agent,
        'expire',
        String(uid),
    ]);
}
