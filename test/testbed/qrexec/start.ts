// Starts a program for a call, with the descriptors that a real agent gives
// it: stdin and stdout are sockets, stderr is a pipe.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants as osConstants } from 'node:os';
import type { Readable, Writable } from 'node:stream';

import { exitCodes } from './service.ts';

export interface User {
    readonly name: string;
    readonly home: string;
    readonly shell: string;
}

export function findUser(name: string): User | null {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
        const [login, , , , , home, shell] = line.split(':');
        if (login === name && home !== undefined && shell !== undefined) {
            return { name, home, shell };
        }
    }
    return null;
}

export interface Started {
    readonly stdin: Writable;
    readonly stdout: Readable;
    readonly stderr: Readable;
    /** Its exit code, 128 and the signal if one ended it. */
    readonly exit: Promise<number>;
}

let serial = 0;

export function startProgram(
    user: User,
    file: string,
    args: readonly string[],
): Started {
    const [readEnd, writeEnd] = pipe();
    const login = ['--reuid', user.name, '--regid', user.name, '--init-groups'];
    const child = spawn('setpriv', [...login, '--', file, ...args], {
        // Left to itself when the caller, or this agent, goes.
        detached: true,
        stdio: ['pipe', 'pipe', writeEnd],
        cwd: user.home,
        env: {
            HOME: user.home,
            SHELL: user.shell,
            USER: user.name,
            LOGNAME: user.name,
            QREXEC_AGENT_PID: `${process.pid}`,
        },
    });
    closeSync(writeEnd);
    const exit = new Promise<number>((resolve) => {
        child.once('exit', (code, signal) => {
            const number = signal === null ? 0 : osConstants.signals[signal];
            resolve(code ?? 128 + number);
        });
        // No home directory, say: the reason is in the agent's own log.
        child.once('error', (error) => {
            console.error(`${file}: ${error.message}`);
            resolve(exitCodes.problem);
        });
    });
    const stderr = new Socket({ fd: readEnd, readable: true, writable: false });
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) {
        throw new Error('a pipe was asked for and not made');
    }
    return { stdin, stdout, stderr, exit };
}

/** Node makes sockets only: a pipe comes from a FIFO without a name. */
function pipe(): [number, number] {
    serial += 1;
    const path = `/run/qrexec-stderr-${process.pid}-${serial}`;
    execFileSync('mkfifo', ['-m', '600', path]);
    const { O_RDONLY, O_NONBLOCK, O_WRONLY } = constants;
    const readEnd = openSync(path, O_RDONLY | O_NONBLOCK);
    const writeEnd = openSync(path, O_WRONLY);
    rmSync(path);
    return [readEnd, writeEnd];
}
