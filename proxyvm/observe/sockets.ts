// What sockets the ports of our range have. ss asks the kernel for just these;
// reading /proc/net/tcp takes seconds under load.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { commandFailure, parsedOrFail, runOrFail } from '../commands.ts';
import { type LocalEnd, parseSockets } from '../core/parse-sockets.ts';
import {
    firstProxyPort,
    lastProxyPort,
    type ProxyUid,
    portOf,
} from '../core/proxy-uid.ts';

const ourPorts = `( sport >= :${firstProxyPort} and sport <= :${lastProxyPort} )`;

/** The ports of our range that somebody listens on, and for which family. */
async function observeListeners(run: RunCommand): Promise<LocalEnd[]> {
    return parse(await runOrFail(run, 'ss', ss('--listening', ourPorts)));
}

export interface ObservedSockets {
    readonly listeners: readonly LocalEnd[];
    /** Whether that port has a connection, of whatever kind. */
    readonly isBusy: (port: number) => boolean;
}

/** Bytes of a listing that is read; clients decide how long it is. */
const mostBytes = 4 * 1024 * 1024;

/** Where there are too many connections to list, all ports count as busy. */
export async function observeSockets(
    run: RunCommand,
): Promise<ObservedSockets> {
    const args = ss('--all', 'exclude', 'time-wait', ourPorts);
    const outcome = await run('ss', args, { maxBytes: mostBytes });
    if (outcome.tooLong) {
        const listeners = await observeListeners(run);
        return { listeners, isBusy: () => true };
    }
    if (outcome.exitCode !== 0) {
        throw commandFailure(outcome);
    }
    const sockets = parse(outcome.stdout);
    const connections = sockets.filter(({ isListening }) => !isListening);
    const busy = new Set(portsOf(connections));
    return {
        listeners: sockets.filter(({ isListening }) => isListening),
        isBusy: (port) => busy.has(port),
    };
}

export function portsOf(listeners: readonly LocalEnd[]): number[] {
    return [...new Set(listeners.map(({ port }) => port))];
}

/**
 * Whether a proxy listens for a client with these addresses: one whose port was
 * taken in one family goes on in the other. Whoever else listens there is no
 * proxy of that client.
 */
export function isOpen(
    uid: ProxyUid,
    addresses: readonly string[],
    listeners: readonly LocalEnd[],
): boolean {
    return addresses.every((address) =>
        listeners.some(
            ({ port, owner, isIp6 }) =>
                port === portOf(uid) &&
                owner === uid &&
                isIp6 === address.includes(':'),
        ),
    );
}

/** Whether it listens where another proxy should: it was taken over. */
export function isAstray(
    uid: ProxyUid,
    listeners: readonly LocalEnd[],
): boolean {
    return listeners.some(
        ({ port, owner }) => owner === uid && port !== portOf(uid),
    );
}

/** How many connections, of whatever kind, each of these ports still has. */
export async function countConnections(
    run: RunCommand,
    ports: readonly number[],
): Promise<ReadonlyMap<number, number>> {
    const filter = `( ${ports.map((port) => `sport = :${port}`).join(' or ')} )`;
    const excluded = ['exclude', 'listening', 'exclude', 'time-wait'];
    const args = ss('--all', ...excluded, filter);
    const counts = new Map<number, number>();
    for (const { port } of parse(await runOrFail(run, 'ss', args))) {
        counts.set(port, (counts.get(port) ?? 0) + 1);
    }
    return counts;
}

function ss(which: '--all' | '--listening', ...filter: string[]): string[] {
    const columns = ['--no-header', '--tcp', '--numeric', '--extended'];
    return [...columns, which, ...filter];
}

function parse(stdout: Buffer): LocalEnd[] {
    return parsedOrFail('ss', parseSockets(stdout.toString('latin1')));
}
