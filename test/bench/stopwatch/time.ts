// How long a program takes. Its stdin, stdout and stderr are sockets, as
// qrexec's are (but for stderr).
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Timed } from './protocol.ts';

/** From before the start of the program to its end. */
export async function timeProgram(request: Request): Promise<Timed> {
    const began = performance.now();
    const child = start(request);
    let milliseconds = Number.NaN;
    child.once('exit', () => {
        milliseconds = performance.now() - began;
    });
    const [stdout, stderr, [exitCode]] = await Promise.all([
        textOf(child.stdout),
        textOf(child.stderr),
        once(child, 'close'),
    ]);
    return { milliseconds, exitCode, stdout, stderr };
}

/** Fails when the program ends without having listened. */
export async function timeUntilListening(
    request: Request,
    port: number,
): Promise<Timed> {
    const began = performance.now();
    const child = start(request);
    const output = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const closed = once(child, 'close');
    while (child.exitCode === null && !(await accepts(port))) {
        await sleep(1);
    }
    const milliseconds = performance.now() - began;
    const hasEnded = child.exitCode !== null;
    // tinyproxy may miss a SIGTERM that comes while it starts.
    child.kill('SIGKILL');
    const [stdout, stderr] = await output;
    const [exitCode] = await closed;
    return { milliseconds, exitCode: hasEnded ? exitCode : 0, stdout, stderr };
}

function start({ file, args, env, input }: Request) {
    const child = spawn(file, args, {
        cwd: '/',
        env: { ...process.env, ...env },
    });
    // A program may end without reading all that it was given.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input);
    return child;
}

async function textOf(
    stream: ChildProcessWithoutNullStreams['stdout'],
): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
}

function accepts(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
    });
}
