// To the certain end of a proxy and of all it has open.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import type { StepOf } from '../core/step.ts';
import { portsInUse } from '../observe/listeners.ts';
import { units } from '../paths.ts';
import { systemctl, type Tools } from './tools.ts';

/** Requests under way when a filter narrows get this long to be answered. */
const graceMs = 1500;
const gracePollMs = 50;

export async function endProxies(
    { run }: Tools,
    { uids }: StepOf<'end-proxies'>,
): Promise<void> {
    await forgetUnanswered(run, uids);
    const deadline = performance.now() + graceMs;
    const ports = uids.map(portOf);
    while (
        performance.now() < deadline &&
        (await portsInUse(run, ports)).length > 0
    ) {
        await sleep(gracePollMs);
    }
    await systemctl(run, 'stop', [
        ...uids.map(units.drainTimer),
        ...uids.map(units.proxy),
    ]);
}

/**
 * A SYN that a full queue dropped keeps its way to the old port in
 * conntrack: its repetition would meet a closed port instead of the proxy
 * that serves now. conntrack ends with 1 when there was none.
 */
async function forgetUnanswered(
    run: RunCommand,
    uids: readonly ProxyUid[],
): Promise<void> {
    for (const uid of uids) {
        await run('conntrack', [
            '--delete',
            '--proto',
            'tcp',
            '--reply-port-src',
            String(portOf(uid)),
            '--state',
            'SYN_SENT',
        ]);
    }
}
