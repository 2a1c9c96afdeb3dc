// In a client: uses its proxy without a pause, until it hears on stdin that
// it is enough; then says what it lost. It goes on for a while first, so that
// what happened last is seen too.
import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Losses } from '../load.ts';

const [gateway = '', kept = ''] = process.argv.slice(1);
const port = 8100;
const requestsAfterwards = 20;

let isEnough = false;
const losses = { connections: Number(kept), lost: 0, requests: 0, failed: 0 };

/** An open tunnel, with a request in it as soon as the last was answered. */
async function keepTunnel(socket: Socket): Promise<void> {
    try {
        while (!isEnough) {
            await ask(socket, 'GET / HTTP/1.1\r\nHost: kept.test\r\n\r\n');
        }
        socket.destroy();
    } catch {
        losses.lost += 1;
    }
}

async function openTunnel(): Promise<Socket> {
    const socket = connect(port, gateway);
    const host = 'kept.test:443';
    await ask(socket, `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return socket;
}

async function ask(socket: Socket, request: string): Promise<void> {
    socket.write(request);
    const controller = new AbortController();
    const { signal } = controller;
    const gone = once(socket, 'close', { signal }).then(() => {
        throw new Error('the connection is gone');
    });
    const answered = once(socket, 'data', { signal });
    try {
        const [answer] = await Promise.race([answered, gone]);
        if (!/^HTTP\/1\.\d 200 /.test(String(answer))) {
            throw new Error(`refused: ${answer}`);
        }
    } finally {
        controller.abort();
        await Promise.allSettled([answered, gone]);
    }
}

/** A new connection for each request. */
async function hammer(): Promise<void> {
    while (!isEnough) {
        await request();
    }
    for (let more = 0; more < requestsAfterwards; more += 1) {
        await request();
    }
}

async function request(): Promise<void> {
    losses.requests += 1;
    if (!(await succeeds())) {
        losses.failed += 1;
    }
}

function succeeds(): Promise<boolean> {
    return new Promise((resolve) => {
        const path = 'http://host0.test/';
        get({ host: gateway, port, path, agent: false }, (response) => {
            response.resume();
            response.once('close', () =>
                resolve(response.complete && response.statusCode === 200),
            );
        }).once('error', () => resolve(false));
    });
}

const tunnels = await Promise.all(
    Array.from({ length: Number(kept) }, openTunnel),
);
const keeping = tunnels.map(keepTunnel);
await request();
const hammering = hammer();
process.stdout.write('ready\n');
process.stdin.resume();
await once(process.stdin, 'end');
isEnough = true;
await Promise.all([...keeping, hammering]);
process.stdout.write(`${JSON.stringify(losses satisfies Losses)}\n`);
