// A program that goes on for as long as somebody listens, line by line.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { linesOf } from './lines.ts';
import { startErrorOf, surroundings } from './program.ts';

export interface StreamOptions {
    /** Sent at once; its input stays open behind it. */
    readonly input: string;
    /** Called with one line after the other; false: that is enough. */
    readonly onLine: (untrusted_line: Buffer) => boolean | Promise<boolean>;
    /** Ends it. */
    readonly signal: AbortSignal;
    /** Bytes of a line, without its end. */
    readonly maxLineBytes: number;
    /** Milliseconds from one line to the next after which it is ended. */
    readonly silenceMs: number;
    /**
     * Milliseconds that are between two lines at least: who sends more has to
     * wait, so that it costs us no more.
     */
    readonly paceMs: number;
}

interface Exit {
    /** Null when a signal ended it, or it did not start. */
    readonly exitCode: number | null;
    /** Why it did not start, e.g. `ENOENT`; null if it did. */
    readonly startError: string | null;
}

/** Why nothing comes any more. */
export type StreamEnd =
    /** By itself. */
    | (Exit & {
          readonly kind: 'exit';
          /** The beginning of it. */
          readonly stderr: Buffer;
      })
    /** By us. */
    | { readonly kind: 'aborted' | 'enough' | 'too-long' | 'silent' };

export type StreamCommand = (
    file: string,
    args: readonly string[],
    options: StreamOptions,
) => Promise<StreamEnd>;

const maxStderr = 4096;

/** Milliseconds that it has to end after its input has. */
const lastMs = 500;

/**
 * Runs a program without a shell, in the C locale, until it ends or `signal`
 * or `onLine` ends it. An interrupt from our terminal does not reach it.
 */
export const streamCommand: StreamCommand = async (file, args, options) => {
    if (options.signal.aborted) {
        return { kind: 'aborted' };
    }
    const child = start(file, args);
    if (typeof child === 'string') {
        const nothing = { exitCode: null, stderr: Buffer.alloc(0) };
        return { kind: 'exit', ...nothing, startError: child };
    }
    const exit = exitOf(child);
    const stderr = beginningOf(child.stderr);
    // Who does not read its input need not: see its exit code.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.write(options.input);
    try {
        const why = await readLines(child.stdout, options);
        if (why !== 'end') {
            return { kind: why };
        }
        const how = await ended(child, exit);
        return { kind: 'exit', ...how, stderr: stderr() };
    } finally {
        await ended(child, exit);
    }
};

export interface OpenStream {
    /** Whatever it prints, as it comes. */
    readonly stdout: Readable;
    readonly kill: () => void;
    /** Its exit code; or why there is none, e.g. `ENOENT`. */
    readonly exit: Promise<number | string>;
}

/** The same for a program that prints no lines and takes no input. */
export function openStream(file: string, args: readonly string[]): OpenStream {
    const child = spawn(file, args, {
        ...surroundings(),
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
    });
    const exit = new Promise<number | string>((resolve) => {
        child.once('close', (code, signal) => resolve(code ?? `${signal}`));
        child.once('error', (error) => resolve(startErrorOf(error)));
    });
    return { stdout: child.stdout, kill: () => child.kill(), exit };
}

/** The program, or why it did not start, which `exitOf` may find as well. */
function start(
    file: string,
    args: readonly string[],
): ChildProcessWithoutNullStreams | string {
    try {
        return spawn(file, args, {
            ...surroundings(),
            stdio: 'pipe',
            detached: true,
        });
    } catch (error) {
        return startErrorOf(error as Error);
    }
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<Exit> {
    return new Promise((resolve) => {
        child.once('exit', (exitCode) =>
            resolve({ exitCode, startError: null }),
        );
        child.on('error', (error) => {
            // What has started has an id: then it is a kill that failed.
            const hasStarted = child.pid !== undefined;
            const startError = hasStarted ? null : startErrorOf(error);
            resolve({ exitCode: null, startError });
        });
    });
}

/** Ends its input, and then itself. */
async function ended(
    child: ChildProcessWithoutNullStreams,
    exit: Promise<Exit>,
): Promise<Exit> {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), lastMs);
    const how = await exit;
    clearTimeout(timer);
    child.stdin.destroy();
    // What it started itself may hold them open.
    child.stdout.destroy();
    child.stderr.destroy();
    return how;
}

function beginningOf(stderr: Readable): () => Buffer {
    let bytes = Buffer.alloc(0);
    stderr.on('data', (chunk: Buffer) => {
        const room = maxStderr - bytes.length;
        bytes = Buffer.concat([bytes, chunk.subarray(0, room)]);
    });
    stderr.on('error', () => stderr.destroy());
    return () => bytes;
}

async function readLines(
    stdout: Readable,
    { onLine, signal, maxLineBytes, silenceMs, paceMs }: StreamOptions,
): Promise<'end' | 'aborted' | 'enough' | 'too-long' | 'silent'> {
    let stopped: 'aborted' | 'silent' | null = null;
    const stop = (why: 'aborted' | 'silent') => {
        stopped ??= why;
        stdout.destroy();
    };
    const abort = () => stop('aborted');
    signal.addEventListener('abort', abort);
    const wait = () => setTimeout(() => stop('silent'), silenceMs);
    let silence = wait();
    try {
        for await (const line of linesOf(stdout, maxLineBytes)) {
            if (stopped !== null) {
                break;
            }
            if (line === null) {
                return 'too-long';
            }
            clearTimeout(silence);
            if (!(await onLine(line))) {
                return 'enough';
            }
            if (paceMs > 0) {
                await delay(paceMs);
            }
            silence = wait();
        }
        return stopped ?? 'end';
    } finally {
        clearTimeout(silence);
        signal.removeEventListener('abort', abort);
    }
}
