// Runs in a client: asks its proxy for allowed, refused and changing hosts,
// again and again, and holds tunnels open. Commands come on stdin, a line
// each: `tunnel HOST` opens one, `stop` ends all and prints what happened.
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked, now, type Report, type Tunnel } from './report.ts';

const [gateway = '', always = '', never = '', ...changing] =
    process.argv.slice(2);
const requests: Asked[] = [];
const tunnels: Tunnel[] = [];
const openTunnels = new Map<Tunnel, Socket>();
let isStopped = false;

function connect(): Socket {
    const socket = createConnection({ host: gateway, port: 8100 });
    socket.setNoDelay(true);
    return socket;
}

/** The status of the answer; 0 without one. */
async function ask(socket: Socket, request: string): Promise<number> {
    socket.write(request);
    let text = '';
    socket.on('data', (data: Buffer) => {
        text += data.toString('latin1');
    });
    await new Promise((resolve) => {
        socket.once('close', resolve);
        socket.once('error', resolve);
    });
    return Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0);
}

async function work(): Promise<void> {
    for (let turn = 0; !isStopped; turn += 1) {
        const random = Math.floor(Math.random() * changing.length);
        const hosts = [always, never, changing[random] ?? always];
        const host = hosts[turn % hosts.length] ?? always;
        const begin = now();
        const request = `GET http://${host}/ HTTP/1.1\r\nConnection: close\r\n\r\n`;
        const status = await ask(connect(), request);
        requests.push({ host, begin, end: now(), status });
        await sleep(25);
    }
}

/** Resolves when it is open: the proxy has answered. */
async function openTunnel(host: string): Promise<void> {
    const socket = connect();
    const tunnel: Tunnel = { host, ended: null, lastAnswer: 0 };
    tunnels.push(tunnel);
    openTunnels.set(tunnel, socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
        tunnel.ended = now();
    });
    socket.write(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    process.stdout.write('open\n');
}

function lastRequest({ host }: Tunnel): string {
    return `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}

/** Those that are still open have to carry a request yet. */
async function report(): Promise<Report> {
    for (const [tunnel, socket] of openTunnels) {
        if (tunnel.ended === null) {
            socket.removeAllListeners('close');
            tunnel.lastAnswer = await ask(socket, lastRequest(tunnel));
        }
    }
    return { requests, tunnels };
}

const workers = [work(), work(), work()];
for await (const line of createInterface({ input: process.stdin })) {
    const [command, host = ''] = line.split(' ');
    if (command === 'tunnel') {
        await openTunnel(host);
    } else {
        break;
    }
}
isStopped = true;
await Promise.all(workers);
// Only once all of it is written: it is more than a pipe holds.
process.stdout.write(`${JSON.stringify(await report())}\n`, () =>
    process.exit(0),
);
