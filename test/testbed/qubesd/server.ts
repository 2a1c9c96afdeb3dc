// qubesd's socket: one request per connection (qubes-core-admin
// qubes/api/__init__.py, class QubesDaemonProtocol).

import { createServer, type Server, type Socket } from 'node:net';
import { dispatch } from './dispatch.ts';
import { ProtocolError, QubesError } from './errors.ts';
import type { System } from './model/system.ts';
import {
    type AdminRequest,
    exceptionReply,
    maxRequestBytes,
    parseRequest,
    successReply,
} from './wire.ts';

/** `4.4` tells its caller of a malformed request, `4.3` only its journal. */
export type QubesRelease = '4.3' | '4.4';

export interface AdminServer {
    readonly server: Server;
    readonly connections: ReadonlySet<Socket>;
}

export function createAdminServer(
    system: System,
    release: QubesRelease,
): AdminServer {
    const connections = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
        connections.add(socket);
        socket.on('close', () => connections.delete(socket));
        // A caller that went away needs no answer.
        socket.on('error', () => socket.destroy());
        collectRequest(socket, (request) =>
            respond(system, release, socket, request),
        );
    });
    return { server, connections };
}

/** Nothing is answered before the caller's half is closed. */
function collectRequest(
    socket: Socket,
    answer: (request: AdminRequest) => Promise<void>,
): void {
    const chunks: Buffer[] = [];
    let length = 0;
    socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxRequestBytes) {
            socket.destroy();
        }
    });
    socket.on('end', () => {
        const request = parseRequest(Buffer.concat(chunks));
        if (request === null) {
            socket.destroy();
        } else {
            answer(request).catch((error: Error) => socket.destroy(error));
        }
    });
}

async function respond(
    system: System,
    release: QubesRelease,
    socket: Socket,
    request: AdminRequest,
): Promise<void> {
    try {
        const dispatched = dispatch(system, request);
        if (dispatched.kind === 'call') {
            socket.end(successReply(await dispatched.answer()));
        } else {
            sendEvents(system, socket, dispatched.destination.name);
        }
    } catch (error) {
        const reply = errorReply(release, error);
        if (reply === null) {
            const { method, argument, destination } = request;
            system.report(`${method}+${argument} ${destination}`, error);
            socket.destroy();
        } else {
            socket.end(reply);
        }
    }
}

/** Until the caller goes; there is no other end and no keepalive. */
function sendEvents(system: System, socket: Socket, destination: string): void {
    const send = (frame: Buffer) => socket.write(frame);
    system.events.subscribe(destination, send);
    socket.on('close', () => system.events.unsubscribe(send));
}

/** Null: an empty reply. */
function errorReply(release: QubesRelease, error: unknown): Buffer | null {
    if (error instanceof QubesError) {
        return exceptionReply(error.type, error.message);
    }
    if (error instanceof ProtocolError && release === '4.4') {
        return exceptionReply('ProtocolError', error.message);
    }
    return null;
}
