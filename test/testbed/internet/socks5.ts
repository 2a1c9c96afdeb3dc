// A SOCKS5 server (RFC 1928) that knows CONNECT, without a password. Each
// request is a line on stdout: the bytes of the host, as Latin-1, and the port.
import { connect, createServer, type Socket } from 'node:net';
import { lookUp } from './zone.ts';

const version = 5;
const addressTypes = { ip4: 1, name: 3 } as const;

export function serveSocks5(address: string, port: number): void {
    createServer((socket) => {
        socket.on('error', () => socket.destroy());
        void serve(socket).catch(() => socket.destroy());
    }).listen(port, address);
}

async function serve(socket: Socket): Promise<void> {
    const [, methods = 0] = await read(socket, 2);
    await read(socket, methods);
    socket.write(Buffer.from([version, 0]));
    const [, , , type] = await read(socket, 4);
    const host = await readHost(socket, type);
    const port = (await read(socket, 2)).readUInt16BE();
    console.log(JSON.stringify({ host, port }));
    const [address] = (await lookUp(host, 4)) ?? [];
    if (type !== addressTypes.name || address === undefined) {
        socket.end(replyWith(4));
        return;
    }
    const onward = connect(port, address);
    onward.once('connect', () => {
        socket.write(replyWith(0));
        socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
}

async function readHost(
    socket: Socket,
    type: number | undefined,
): Promise<string> {
    if (type === addressTypes.ip4) {
        return (await read(socket, 4)).join('.');
    }
    const [length = 0] = await read(socket, 1);
    return (await read(socket, length)).toString('latin1');
}

/** A reply with an address of zeros, which nobody looks at. */
function replyWith(code: number): Buffer {
    return Buffer.from([version, code, 0, addressTypes.ip4, 0, 0, 0, 0, 0, 0]);
}

/** So many bytes; fails if the connection ends before. */
async function read(socket: Socket, length: number): Promise<Buffer> {
    for (;;) {
        const bytes: Buffer | null =
            length === 0 ? Buffer.of() : socket.read(length);
        if (bytes !== null && bytes.length === length) {
            return bytes;
        }
        if (bytes !== null || socket.readableEnded || socket.destroyed) {
            throw new Error('it ended');
        }
        await new Promise((resolve) => {
            for (const event of ['readable', 'end', 'close']) {
                socket.once(event, resolve);
            }
        });
    }
}
