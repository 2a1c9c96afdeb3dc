// To the certain end of a proxy and of all it has open.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import type { StepOf } from '../core/step.ts';
import { countConnections } from '../observe/sockets.ts';
import { units } from '../paths.ts';
import { systemctl, type Tools } from './tools.ts';

/**
 * Nothing is waited for: a request that is half sent would still be answered
 * by the rules of before, and a tunnel never ends by itself.
 */
export async function endProxies(
    { run, countEnded }: Tools,
    { uids }: StepOf<'end-proxies'>,
): Promise<void> {
    const ports = uids.map(portOf);
    const [counted] = await Promise.allSettled([countConnections(run, ports)]);
    await forgetUnanswered(run, uids);
    await systemctl(run, 'stop', [
        ...uids.map(units.drainTimer),
        ...uids.map(units.proxy),
        // Last: without them it would live on for ever.
        ...uids.map(units.allExpiries),
    ]);
    await forgetReset(run);
    // Whatever ss says: they had to end first.
    if (counted.status === 'rejected') {
        throw counted.reason;
    }
    for (const uid of uids) {
        countEnded(uid, counted.value.get(portOf(uid)) ?? 0);
    }
}

/**
 * A SYN that a full queue dropped keeps its way to the old port in
 * conntrack: its repetition would meet a closed port instead of the proxy
 * that serves now.
 */
async function forgetUnanswered(
    run: RunCommand,
    uids: readonly ProxyUid[],
): Promise<void> {
    for (const uid of uids) {
        const from = ['--reply-port-src', String(portOf(uid))];
        await forget(run, [...from, '--state', 'SYN_SENT']);
    }
}

/**
 * What was reset keeps its way for ten seconds, and whoever comes from the
 * same source port by then would take it, if something of the old connection
 * was still under way (net/netfilter/nf_conntrack_proto_tcp.c).
 */
async function forgetReset(run: RunCommand): Promise<void> {
    const to = ['--orig-port-dst', String(limits.gatewayPort)];
    await forget(run, [...to, '--state', 'CLOSE']);
}

/**
 * conntrack gives up when an entry ends by itself before it gets to it, and
 * then says nothing of how many it deleted. Not for ever: what is left opens
 * nothing.
 */
async function forget(
    run: RunCommand,
    which: readonly string[],
): Promise<void> {
    const args = ['--delete', '--proto', 'tcp', ...which];
    for (let tries = 0; tries < 10; tries += 1) {
        const { stderr } = await run('conntrack', args);
        if (stderr.includes(' flow entries have been deleted.')) {
            return;
        }
    }
}
