// The caller's side of a call: dom0's qrexec-client.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { ClientOptions } from './client-options.ts';
import { FrameReader, kinds, sendFrame, sendStream } from './frames.ts';
import { logPrefix } from './log-prefix.ts';

const problem = 125;
const connectionLost = 255;

/** Returns the exit code. */
export async function call(options: ClientOptions): Promise<number> {
    const path = `${options.socketDirectory}/qrexec.${options.domain}`;
    const socket = connect(path);
    try {
        await once(socket, 'connect');
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        const why =
            code === 'ENOENT'
                ? 'No such file or directory'
                : 'Connection refused';
        log(
            'qrexec-daemon-common.c:268:connect_unix_socket: ' +
                `connect ${path}: ${why}`,
        );
        return problem;
    }
    const ends = openEnds(options.localProgram);
    const code = await converse(socket, options, ends);
    await ends.close();
    return options.ignoreExitCode ? 0 : code;
}

async function converse(
    socket: Socket,
    options: ClientOptions,
    ends: Ends,
): Promise<number> {
    const timer = startTimer(options.timeout);
    const reader = new FrameReader();
    sendFrame(socket, kinds.call, options.command);
    try {
        for await (const chunk of socket) {
            for (const { kind, data } of reader.take(chunk as Buffer)) {
                if (kind === kinds.exit) {
                    return Number(data.toString());
                }
                if (kind === kinds.taken) {
                    clearTimeout(timer);
                    if (options.justExec) {
                        return closedEarly('-1 0', 0);
                    }
                    sendInput(socket, ends.input, options.prefixData);
                }
                await deliver(kind, data, options, ends.output);
            }
        }
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') {
            throw error;
        }
    }
    return closedEarly('-1 -1', connectionLost);
}

function closedEarly(status: string, code: number): number {
    log(
        'process_io.c:250:qrexec_process_io: vchan connection closed early ' +
            `(fds: 1 -1 -1, status: ${status})`,
    );
    return code;
}

/** It bounds only how long the qube takes to take the call. */
function startTimer(seconds: number): NodeJS.Timeout | undefined {
    if (seconds === 0) {
        return undefined;
    }
    return setTimeout(() => {
        log(
            'vchan_timeout.c:46:qubes_wait_for_vchan_connection_with_timeout: ' +
                'vchan connection timeout',
        );
        log('qrexec-client.c:397:main: qrexec connection timeout');
        process.exit(problem);
    }, 1000 * seconds);
}

function sendInput(socket: Socket, input: Readable, prefix: string): void {
    if (prefix !== '') {
        sendFrame(socket, kinds.stdin, prefix);
    }
    sendStream(input, socket, kinds.stdin);
    input.resume();
}

async function deliver(
    kind: number,
    data: Buffer,
    options: ClientOptions,
    output: Writable,
): Promise<void> {
    if (kind === kinds.stdout) {
        await write(output, options.filterStdout ? printable(data) : data);
    } else if (kind === kinds.stderr) {
        const text = options.filterStderr ? printable(data) : data;
        await write(process.stderr, text);
    }
}

/** libqrexec/replace.c. */
function printable(data: Buffer): Buffer {
    const kept = Buffer.from('\t\n\r\b\x07');
    return Buffer.from(
        data.map((byte) =>
            (byte >= 0x20 && byte <= 0x7e) || kept.includes(byte) ? byte : 0x5f,
        ),
    );
}

/** Waits until it is taken; a reader that went away takes everything. */
async function write(stream: Writable, data: Buffer): Promise<void> {
    if (stream.writable && data.length > 0) {
        await new Promise<void>((resolve) => {
            stream.write(data, () => resolve());
        });
    }
}

/** Where the call's input comes from, and where its output goes. */
interface Ends {
    readonly input: Readable;
    readonly output: Writable;
    close(): Promise<void>;
}

function openEnds(localProgram: string | null): Ends {
    if (localProgram === null) {
        // A reader of ours that went away ends no call.
        process.stdout.on('error', () => process.stdout.destroy());
        return {
            input: process.stdin,
            output: process.stdout,
            close: async () => {},
        };
    }
    const child = spawn('/bin/sh', ['-c', localProgram], {
        stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    child.stdin.on('error', () => child.stdin.destroy());
    return {
        input: child.stdout,
        output: child.stdin,
        close: async () => {
            child.stdin.end();
            await ended;
        },
    };
}

function log(message: string): void {
    process.stderr.write(`${logPrefix('qrexec-client')}${message}\n`);
}
