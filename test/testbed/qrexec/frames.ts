// What our qrexec-client and qrexec-agent say to each other, in place of
// vchan: frames of one byte kind, four bytes length, data.
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

export const kinds = {
    /** The first, from the client: the command line. */
    call: 1,
    /** The first, from the agent: it took the call. */
    taken: 2,
    /** Empty data is the end of that stream. */
    stdin: 3,
    stdout: 4,
    stderr: 5,
    /** The last, from the agent: the exit code in decimal. */
    exit: 6,
} as const;

export type Kind = (typeof kinds)[keyof typeof kinds];

const headerLength = 5;

/** False when the socket wants a pause, as write() of a stream. */
export function sendFrame(
    socket: Socket,
    kind: Kind,
    data: string | Buffer = '',
): boolean {
    const bytes = Buffer.from(data);
    const header = Buffer.alloc(headerLength);
    header[0] = kind;
    header.writeUInt32BE(bytes.length, 1);
    return socket.write(Buffer.concat([header, bytes]));
}

/** Sends a stream to its end, no faster than it is taken. */
export function sendStream(source: Readable, socket: Socket, kind: Kind): void {
    source.on('data', (data: Buffer) => {
        if (!sendFrame(socket, kind, data)) {
            source.pause();
            socket.once('drain', () => source.resume());
        }
    });
    source.once('end', () => sendFrame(socket, kind));
}

/** Cuts what arrives into frames. */
export class FrameReader {
    #received = Buffer.alloc(0);

    *take(chunk: Buffer): Generator<{ kind: number; data: Buffer }> {
        this.#received = Buffer.concat([this.#received, chunk]);
        while (this.#received.length >= headerLength) {
            const end = headerLength + this.#received.readUInt32BE(1);
            if (this.#received.length < end) {
                return;
            }
            const kind = this.#received[0] ?? 0;
            const data = this.#received.subarray(headerLength, end);
            this.#received = this.#received.subarray(end);
            yield { kind, data };
        }
    }
}
