// The forwarder as it runs in a client: real Python, with a listening socket
// as its descriptor 3, and a gateway that the test names.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forwarderFiles } from '../../dom0/core/client-settings/forwarder.ts';

const directory = mkdtempSync(join(tmpdir(), 'forwarder-'));
const gateways = ['127.0.0.2', '127.0.0.3'] as const;
const servers: Server[] = [];
let port = 0;
let forwarder: ChildProcess;

/** Writes its address before all that it was sent, then ends; or resets. */
function answer(address: string, socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (String(chunk) === 'reset me') {
            socket.resetAndDestroy();
        }
    });
    socket.on('end', () =>
        socket.end(Buffer.concat([Buffer.from(`${address} `), ...chunks])),
    );
}

function listen(address: string, at: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, (socket) =>
        answer(address, socket),
    );
    servers.push(server);
    return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(at, address, () => resolve(server));
    });
}

function setGateway(text: string): void {
    writeFileSync(join(directory, 'gateway'), text);
}

/** What comes back for a message, whose end is told. */
function exchange(message: string): Promise<string> {
    return new Promise((resolve) => {
        let text = '';
        const socket = connect({ port, host: '127.0.0.1' });
        socket.on('data', (chunk) => {
            text += chunk.toString('utf8');
        });
        socket.on('error', () => resolve('reset'));
        socket.on('close', () => resolve(text));
        socket.end(message);
    });
}

beforeAll(async () => {
    const first = await listen(gateways[0], 0);
    const address = first.address();
    const there = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await listen(gateways[1], there);
    const [program = forwarderFiles[0]] = forwarderFiles;
    const file = join(directory, 'forward');
    writeFileSync(file, program.text.replace(/^PORT = .*/m, `PORT = ${there}`));
    const read = join(directory, 'qubesdb-read');
    const script = `#!/bin/sh\n[ "$1" = /qubes-gateway ] && cat '${directory}/gateway'\n`;
    writeFileSync(read, script, { mode: 0o755 });
    // As systemd starts it: python hands on a socket that it listens on.
    const listening = [
        'import os, socket, sys',
        's = socket.create_server(("127.0.0.1", 0))',
        'print(s.getsockname()[1], flush=True)',
        'os.dup2(s.fileno(), 3) if s.fileno() != 3 else os.set_inheritable(3, True)',
        'os.execv(sys.argv[1], sys.argv[1:])',
    ].join('\n');
    forwarder = spawn(
        '/usr/bin/python3',
        ['-c', listening, '/usr/bin/python3', '-I', file],
        {
            stdio: ['ignore', 'pipe', 'ignore'],
            env: { PATH: `${directory}:${process.env['PATH']}` },
        },
    );
    port = await new Promise((resolve) => {
        forwarder.stdout?.once('data', (line) => resolve(Number(line)));
    });
});

afterAll(() => {
    forwarder.kill();
    for (const server of servers) {
        server.close();
    }
    rmSync(directory, { recursive: true });
});

describe('the forwarder', () => {
    test('hands a connection to the gateway of the moment', async () => {
        for (const gateway of [...gateways, gateways[0]]) {
            setGateway(`${gateway}\n`);
            expect(await exchange('hello')).toBe(`${gateway} hello`);
        }
    });

    test('loses nothing of what is long', async () => {
        setGateway(gateways[0]);
        const message = 'x'.repeat(3_000_000);
        expect(await exchange(message)).toBe(`${gateways[0]} ${message}`);
    });

    test('serves many at once', async () => {
        setGateway(gateways[0]);
        const numbers = Array.from({ length: 50 }, (_, at) => String(at));
        const answers = await Promise.all(numbers.map(exchange));
        expect(answers).toEqual(numbers.map((at) => `${gateways[0]} ${at}`));
    });

    test('hands on a reset, as of a rule that was removed', async () => {
        setGateway(gateways[0]);
        expect(await exchange('reset me')).toBe('reset');
        expect(await exchange('on')).toBe(`${gateways[0]} on`);
    });

    test.each(['', 'localhost', '10.137.0.4 x', 'é', '127.0.0.4'])(
        'ends a connection at once when no gateway answers at "%s"',
        async (gateway) => {
            setGateway(gateway);
            expect(await exchange('hello')).toMatch(/^(reset)?$/);
            setGateway(gateways[0]);
            expect(await exchange('on')).toBe(`${gateways[0]} on`);
        },
    );
});
