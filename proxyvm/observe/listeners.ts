// Which ports have a listener. ss asks the kernel for just these sockets;
// reading /proc/net/tcp takes seconds under load.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runOrFail } from '../commands.ts';
import { firstProxyPort, lastProxyPort } from '../core/proxy-uid.ts';

/** The ports of our range that somebody listens on. */
export async function observeListeners(run: RunCommand): Promise<Set<number>> {
    const stdout = await runOrFail(run, 'ss', [
        '--no-header',
        '--tcp',
        '--listening',
        '--numeric',
        `( sport >= :${firstProxyPort} and sport <= :${lastProxyPort} )`,
    ]);
    const ports = stdout
        .toString('latin1')
        .split('\n')
        .map((line) => Number(/:(\d+)$/.exec(line.split(/\s+/)[3] ?? '')?.[1]));
    return new Set(ports.filter((port) => Number.isInteger(port)));
}

/** Which of these ports still have a connection, of whatever kind. */
export async function portsInUse(
    run: RunCommand,
    ports: readonly number[],
): Promise<number[]> {
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
    const lines = stdout.toString('latin1').split('\n');
    const used = new Set(
        lines.map((line) =>
            Number(/:(\d+)$/.exec(line.split(/\s+/)[3] ?? '')?.[1]),
        ),
    );
    return ports.filter((port) => used.has(port));
}
