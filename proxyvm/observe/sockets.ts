// What connections the ports of our range have. ss asks the kernel for just
// these; reading all of /proc/net/tcp takes seconds under load.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { commandFailure, parsedOrFail, runOrFail } from '../commands.ts';
import { type LocalEnd, parseSockets } from '../core/parse-sockets.ts';
import { firstProxyPort, lastProxyPort } from '../core/proxy-uid.ts';

const ourPorts = `( sport >= :${firstProxyPort} and sport <= :${lastProxyPort} )`;

/** Bytes of a listing that is read; clients decide how long it is. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Which of these ports have a connection, of whatever kind. Where there are
 * too many to list, all count as busy.
 */
export async function observeBusy(
    run: RunCommand,
    ports: readonly number[],
): Promise<ReadonlySet<number>> {
    if (ports.length === 0) {
        return new Set();
    }
    const outcome = await run('ss', ss(ourPorts), { maxBytes: mostBytes });
    if (outcome.tooLong) {
        return new Set(ports);
    }
    if (outcome.exitCode !== 0) {
        throw commandFailure(outcome);
    }
    return new Set(portsOf(parse(outcome.stdout)));
}

export function portsOf(listeners: readonly LocalEnd[]): number[] {
    return [...new Set(listeners.map(({ port }) => port))];
}

/**
 * Whether the port is open for a client with these addresses: a proxy whose
 * port was taken in one family goes on in the other.
 */
export function isOpen(
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
    const filter = `( ${ports.map((port) => `sport = :${port}`).join(' or ')} )`;
    const counts = new Map<number, number>();
    for (const { port } of parse(await runOrFail(run, 'ss', ss(filter)))) {
        counts.set(port, (counts.get(port) ?? 0) + 1);
    }
    return counts;
}

function ss(ports: string): string[] {
    const excluded = ['exclude', 'listening', 'exclude', 'time-wait'];
    return ['--no-header', '--tcp', '--numeric', '--all', ...excluded, ports];
}

function parse(stdout: Buffer): LocalEnd[] {
    return parsedOrFail('ss', parseSockets(stdout.toString('latin1')));
}
