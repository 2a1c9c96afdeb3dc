// The agent's side of a call.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { FrameReader, kinds, sendFrame, sendStream } from './frames.ts';
import { logPrefix } from './log-prefix.ts';
import { readRpcConfig } from './rpc-config.ts';
import {
    exitCodes,
    findService,
    parseServiceCall,
    type ServiceCall,
    shellArguments,
} from './service.ts';
import { findUser, type Started, startProgram } from './start.ts';

const defaultUser = 'user';

export function serveCall(socket: Socket): void {
    const reader = new FrameReader();
    let started: Promise<Started> | null = null;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
        for (const { kind, data } of reader.take(chunk)) {
            if (kind === kinds.call) {
                sendFrame(socket, kinds.taken);
                started = startCall(data.toString());
                void started.then((call) => sendOutcome(socket, call));
            } else if (kind === kinds.stdin) {
                void started?.then((call) => feed(socket, call, data));
            }
        }
    });
    socket.once('close', () => {
        void started?.then(leave);
    });
}

/** A caller that goes away ends no service: it sees EOF, then EPIPE. */
export function leave({ stdin, stdout, stderr }: Started): void {
    stdin.end();
    stdout.destroy();
    stderr.destroy();
}

export function feed(socket: Socket, { stdin }: Started, data: Buffer): void {
    if (data.length === 0) {
        stdin.end();
    } else if (!stdin.write(data)) {
        socket.pause();
        stdin.once('drain', () => socket.resume());
        stdin.once('close', () => socket.resume());
    }
}

/** It ends when both streams are closed and the process has ended. */
export async function sendOutcome(
    socket: Socket,
    call: Started,
): Promise<void> {
    // A service that stops reading is no error.
    call.stdin.on('error', () => call.stdin.destroy());
    sendStream(call.stdout, socket, kinds.stdout);
    sendStream(call.stderr, socket, kinds.stderr);
    const [code] = await Promise.all([
        call.exit,
        once(call.stdout, 'close'),
        once(call.stderr, 'close'),
    ]);
    sendFrame(socket, kinds.exit, `${code}`);
    socket.end();
}

/** `USER:COMMAND` or `USER:QUBESRPC SERVICE[+ARGUMENT] SOURCE …`. */
async function startCall(commandLine: string): Promise<Started> {
    const colon = commandLine.indexOf(':');
    if (colon < 0) {
        return failed(exitCodes.problem);
    }
    const user = commandLine.slice(0, colon);
    const command = commandLine.slice(colon + 1);
    const rpc = 'QUBESRPC ';
    if (!command.startsWith(rpc)) {
        return startAs(user, ({ shell }) => [shell, ['-lc', command]]);
    }
    const call = parseServiceCall(command.slice(rpc.length));
    return call === null
        ? failed(exitCodes.problem)
        : await startService(user, call);
}

async function startService(user: string, call: ServiceCall) {
    const service = findService(call);
    const config = readRpcConfig(call.descriptor, call.name);
    if (typeof service === 'number') {
        return failed(service);
    }
    if (config === null) {
        return failed(exitCodes.problem);
    }
    if (service.kind === 'program') {
        const args = shellArguments(call, service.path);
        return startAs(config.forceUser ?? user, () => ['/bin/sh', args]);
    }
    const header = `${call.descriptor} ${call.source}\0`;
    return await connectTo(service, config.skipServiceDescriptor ? '' : header);
}

function startAs(
    name: string,
    command: (user: { shell: string }) => [string, string[]],
): Started {
    const user = findUser(name === 'DEFAULT' ? defaultUser : name);
    return user === null
        ? failed(
              exitCodes.problem,
              `qrexec-agent.c:189:do_exec: user ${name} does not exist`,
          )
        : startProgram(user, ...command(user));
}

/** A socket service has neither stderr nor an exit code. */
async function connectTo(
    target: { path: string } | { host: string; port: number },
    header: string,
): Promise<Started> {
    const socket = connect(target);
    try {
        await once(socket, 'connect');
    } catch {
        return failed(exitCodes.problem);
    }
    socket.write(header);
    const nothing = failed(0);
    return { ...nothing, stdin: socket, stdout: socket };
}

function failed(code: number, message?: string): Started {
    const lines =
        message === undefined
            ? []
            : [`${logPrefix('qrexec-agent')}${message}\n`];
    return {
        stdin: new PassThrough().resume(),
        stdout: Readable.from([]),
        stderr: Readable.from(lines.map((line) => Buffer.from(line))),
        exit: Promise.resolve(code),
    };
}
