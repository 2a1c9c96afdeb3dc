// Which ports have a listener. ss asks the kernel for just these sockets;
// reading /proc/net/tcp takes seconds under load.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runOrFail } from '../commands.ts';
import { firstProxyPort, lastProxyPort } from '../core/proxy-uid.ts';

/** A port of our range that somebody listens on, and for which family. */
export interface Listener {
    readonly port: number;
    readonly isIp6: boolean;
}

export async function observeListeners(run: RunCommand): Promise<Listener[]> {
    const stdout = await runOrFail(run, 'ss', [
        '--no-header',
        '--tcp',
        '--listening',
        '--numeric',
        `( sport >= :${firstProxyPort} and sport <= :${lastProxyPort} )`,
    ]);
    return localAddresses(stdout).map(({ host, port }) => ({
        port,
        isIp6: host.includes(':'),
    }));
}

export function portsOf(listeners: readonly Listener[]): number[] {
    return [...new Set(listeners.map(({ port }) => port))];
}

/**
 * Whether the port is open for a client with these addresses: a proxy whose
 * port was taken in one family goes on in the other.
 */
export function isListening(
    port: number,
    addresses: readonly string[],
    listeners: readonly Listener[],
): boolean {
    return addresses.every((address) =>
        listeners.some(
            (listener) =>
                listener.port === port &&
                listener.isIp6 === address.includes(':'),
        ),
    );
}

/** The fourth column of ss: `0.0.0.0:8101`, `[::]:8101`. */
function localAddresses(stdout: Buffer): { host: string; port: number }[] {
    return stdout
        .toString('latin1')
        .split('\n')
        .flatMap((line) => {
            const local = line.split(/\s+/)[3] ?? '';
            const match = /^(.*):(\d+)$/.exec(local);
            return match === null
                ? []
                : [{ host: match[1] ?? '', port: Number(match[2]) }];
        });
}

/** How many connections, of whatever kind, each of these ports still has. */
export async function countConnections(
    run: RunCommand,
    ports: readonly number[],
): Promise<ReadonlyMap<number, number>> {
    const filter = ports.map((port) => `sport = :${port}`).join(' or ');
    const stdout = await runOrFail(run, 'ss', [
        '--no-header',
        '--tcp',
        '--all',
        '--numeric',
        'exclude',
        'listening',
        'exclude',
        'time-wait',
        `( ${filter} )`,
    ]);
    const counts = new Map<number, number>();
    for (const { port } of localAddresses(stdout)) {
        counts.set(port, (counts.get(port) ?? 0) + 1);
    }
    return counts;
}
