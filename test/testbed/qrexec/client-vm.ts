// The caller's side of a call from a management qube (qubes-core-qrexec 4.3
// agent/qrexec-client-vm.c).
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { FrameReader, kinds, sendFrame, sendStream } from './frames.ts';

const refused = 126;
const connectionLost = 255;

export interface ClientEnds {
    readonly input: Readable;
    readonly stdout: (data: Buffer | string) => Promise<void> | void;
    readonly stderr: (data: Buffer | string) => Promise<void> | void;
}

/** `service` may have an argument, after a plus. Returns the exit code. */
export async function callFromQube(
    target: string,
    service: string,
    { input, stdout, stderr }: ClientEnds,
): Promise<number> {
    const socket = connect('/run/qubes/qrexec-agent');
    await once(socket, 'connect');
    const reader = new FrameReader();
    let isTaken = false;
    sendFrame(socket, kinds.call, `${target} ${service}`);
    for await (const chunk of socket) {
        for (const { kind, data } of reader.take(chunk as Buffer)) {
            if (kind === kinds.taken) {
                isTaken = true;
                sendStream(input, socket, kinds.stdin);
            } else if (kind === kinds.exit) {
                return Number(data.toString());
            } else {
                await (kind === kinds.stdout ? stdout : stderr)(data);
            }
        }
    }
    if (!isTaken) {
        await stderr('Request refused\n');
        return refused;
    }
    return connectionLost;
}
