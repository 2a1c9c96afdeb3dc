// Reads admin.Events and takes the stream apart.

import { createConnection, type Socket } from 'node:net';

export interface RecordedEvent {
    readonly subject: string;
    readonly event: string;
    readonly kwargs: readonly (readonly [string, string])[];
}

/**
 * Frames are `1\0SUBJECT\0EVENT\0(KEY\0VALUE\0)*\0`. A value may be empty: only
 * an empty key ends a frame.
 */
export function parseEvents(stream: Buffer): RecordedEvent[] {
    const words = stream.toString().split('\0');
    const events: RecordedEvent[] = [];
    let at = 0;
    while (at < words.length - 1) {
        const [, subject = '', event = ''] = words.slice(at, at + 3);
        const kwargs: [string, string][] = [];
        for (at += 3; words[at]; at += 2) {
            kwargs.push([words[at] ?? '', words[at + 1] ?? '']);
        }
        at += 1;
        events.push({ subject, event, kwargs });
    }
    return events;
}

export class EventRecorder {
    private readonly socket: Socket;
    private readonly chunks: Buffer[] = [];

    constructor(socketPath: string, destination = 'dom0') {
        this.socket = createConnection(socketPath, () =>
            this.socket.end(`admin.Events+ dom0 name ${destination}\0`),
        );
        this.socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    }

    get events(): RecordedEvent[] {
        return parseEvents(Buffer.concat(this.chunks));
    }

    /** Resolves once an event has arrived, and with it all before it. */
    async until(event: string): Promise<void> {
        while (!this.events.some((one) => one.event === event)) {
            await new Promise((resolve) => this.socket.once('data', resolve));
        }
    }

    close(): void {
        this.socket.destroy();
    }
}
