// What sockets the ports of our range have. ss asks the kernel for just these;
// reading /proc/net/tcp takes seconds under load.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { commandFailure, parsedOrFail, runOrFail } from '../commands.ts';
import { type LocalEnd, parseSockets } from '../core/parse-sockets.ts';
import { firstProxyPort, lastProxyPort } from '../core/proxy-uid.ts';

/** The ports of our range that somebody listens on, and for which family. */
export async function observeListeners(run: RunCommand): Promise<LocalEnd[]> {
    const stdout = await runOrFail(run, 'ss', [
        '--no-header',
        '--tcp',
        '--listening',
        '--numeric',
        `( sport >= :${firstProxyPort} and sport <= :${lastProxyPort} )`,
    ]);
    return parsedOrFail('ss', parseSockets(stdout.toString('latin1')));
}

export function portsOf(listeners: readonly LocalEnd[]): number[] {
    return [...new Set(listeners.map(({ port }) => port))];
}

/**
 * Whether the port is open for a client with these addresses: a proxy whose
 * port was taken in one family goes on in the other.
 */
export function isListening(
    port: number,
    addresses: readonly string[],
    listeners: readonly LocalEnd[],
): boolean {
    return addresses.every((address) =>
        listeners.some(
            (listener) =>
                listener.port === port &&
                listener.isIp6 === address.includes(':'),
        ),
    );
}

/** How many connections, of whatever kind, each of these ports still has. */
export async function countConnections(
    run: RunCommand,
    ports: readonly number[],
): Promise<ReadonlyMap<number, number>> {
    const stdout = await runOrFail(run, 'ss', connectionsOf(ports));
    const sockets = parsedOrFail('ss', parseSockets(stdout.toString('latin1')));
    const counts = new Map<number, number>();
    for (const { port } of sockets) {
        counts.set(port, (counts.get(port) ?? 0) + 1);
    }
    return counts;
}

/** Bytes of a listing with which a port counts as busy unread. */
const mostBytes = 1024 * 1024;

/**
 * Which of these ports have a connection. Clients decide how many there are:
 * where they are too many to list, all ports count as busy.
 */
export async function observeBusyPorts(
    run: RunCommand,
    ports: readonly number[],
): Promise<ReadonlySet<number>> {
    if (ports.length === 0) {
        return new Set();
    }
    const outcome = await run('ss', connectionsOf(ports), {
        maxBytes: mostBytes,
    });
    if (outcome.tooLong) {
        return new Set(ports);
    }
    if (outcome.exitCode !== 0) {
        throw commandFailure(outcome);
    }
    const { stdout } = outcome;
    const sockets = parsedOrFail('ss', parseSockets(stdout.toString('latin1')));
    return new Set(portsOf(sockets));
}

function connectionsOf(ports: readonly number[]): string[] {
    return [
        ...['--no-header', '--tcp', '--all', '--numeric'],
        ...['exclude', 'listening', 'exclude', 'time-wait'],
        `( ${ports.map((port) => `sport = :${port}`).join(' or ')} )`,
    ];
}
