// A web server for every name, on every address and port, HTTP and HTTPS.
import {
    createServer,
    type IncomingMessage,
    type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { logArrival } from './arrivals.ts';
import { secureContext } from './certificates.ts';
import { type Destination, destinationOf, landingPort } from './destination.ts';

const tlsHandshake = 0x16;

/**
 * By both ends, which TLS leaves as they are: one port may have connections to
 * several destinations.
 */
const destinations = new Map<string, Destination>();

export function serveOrigins(): void {
    const plain = createServer(respond);
    const secure = createSecureServer(
        {
            SNICallback: (name, done) => {
                secureContext(name).then(
                    (context) => done(null, context),
                    (error: Error) => done(error),
                );
            },
        },
        respond,
    );
    const accept = async (socket: Socket) => {
        socket.on('error', () => socket.destroy());
        const ends = endsOf(socket);
        const destination = await destinationOf(socket);
        destinations.set(ends, destination);
        socket.once('close', () => {
            // The next one of these may have come before this is told.
            if (destinations.get(ends) === destination) {
                destinations.delete(ends);
            }
        });
        logArrival({ kind: 'connection', ...destination });
        socket.once('data', (first) => {
            socket.pause();
            socket.unshift(first);
            if (first[0] === tlsHandshake) {
                secure.emit('connection', socket);
            } else {
                plain.emit('connection', socket);
                socket.resume();
            }
        });
    };
    for (const port of [80, 443, landingPort]) {
        createTcpServer((socket) => void accept(socket)).listen(port, '::');
    }
}

function endsOf(socket: Socket): string {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function respond(request: IncomingMessage, response: ServerResponse): void {
    const destination = destinations.get(endsOf(request.socket));
    if (destination === undefined) {
        // It was reset before its request was read: nobody waits.
        request.socket.destroy();
        return;
    }
    const tls = 'encrypted' in request.socket;
    const arrival = {
        ...destination,
        scheme: tls ? 'https' : 'http',
        sni: tls ? (request.socket as TLSSocket).servername : null,
        host: request.headers.host ?? null,
        method: request.method ?? null,
        path: request.url ?? null,
    } as const;
    logArrival({ kind: 'request', ...arrival });
    const text = `${JSON.stringify(arrival)}\n`;
    const url = new URL(`http://origin${request.url}`);
    const seconds = Number(url.searchParams.get('seconds') ?? 0);
    void (url.pathname === '/bytes'
        ? sendBytes(response, Number(url.searchParams.get('n')), seconds)
        : sendLater(response, text, url.pathname === '/slow' ? seconds : 0));
}

async function sendLater(
    response: ServerResponse,
    text: string,
    seconds: number,
): Promise<void> {
    await sleep(1000 * seconds);
    response.setHeader('content-type', 'application/json');
    response.end(text);
}

/** `length` bytes, evenly over the time. */
async function sendBytes(
    response: ServerResponse,
    length: number,
    seconds: number,
): Promise<void> {
    response.setHeader('content-length', length);
    const steps = Math.max(1, Math.round(10 * seconds));
    let sent = 0;
    for (let step = 1; step <= steps && !response.destroyed; step += 1) {
        if (seconds > 0) {
            await sleep(100);
        }
        const next = Math.round((length * step) / steps);
        response.write(Buffer.alloc(next - sent, 'x'));
        sent = next;
    }
    response.end();
}
