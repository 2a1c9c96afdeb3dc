// Where a connection was to go. All addresses are local (AnyIP); ports other
// than 80 and 443 land on one port, and the kernel's connection tracking
// remembers which was meant.
import { isIPv6, type Socket } from 'node:net';
import { run } from '../xen/run.ts';

export interface Destination {
    readonly address: string;
    readonly port: number;
}

export const landingPort = 1;

export async function destinationOf(socket: Socket): Promise<Destination> {
    const address = plainAddress(socket.localAddress);
    const port = socket.localPort ?? 0;
    return {
        address,
        port: port === landingPort ? await askedPort(socket, address) : port,
    };
}

/** An IPv4 address as such, not mapped into IPv6. */
function plainAddress(address: string | undefined): string {
    return (address ?? '').replace(/^::ffff:/, '');
}

async function askedPort(socket: Socket, address: string): Promise<number> {
    const entry = await run('conntrack', [
        '-L',
        '-p',
        'tcp',
        '-f',
        isIPv6(address) ? 'ipv6' : 'ipv4',
        '--orig-src',
        plainAddress(socket.remoteAddress),
        '--orig-port-src',
        `${socket.remotePort}`,
        '--orig-dst',
        address,
        '--reply-port-src',
        `${landingPort}`,
    ]);
    const port = /\bdport=(\d+)/.exec(entry)?.[1];
    if (port === undefined) {
        throw new Error(`conntrack knows no connection: ${entry}`);
    }
    return Number(port);
}
