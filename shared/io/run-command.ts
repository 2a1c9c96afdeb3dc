import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { startErrorOf, surroundings } from './program.ts';

/** How a command ended; never thrown. */
export interface CommandOutcome {
    /** What was run, for messages. */
    readonly command: string;
    /** Null when it did not start, was killed or took too long. */
    readonly exitCode: number | null;
    readonly stdout: Buffer;
    readonly stderr: Buffer;
    /** Why it did not start, e.g. `ENOENT`; null if it did. */
    readonly startError: string | null;
    readonly timedOut: boolean;
    /** More output came than `maxBytes`: the command was ended. */
    readonly tooLong: boolean;
}

export interface CommandOptions {
    readonly input?: string | Buffer;
    /** Milliseconds until it is ended. */
    readonly timeoutMs?: number;
    /** Bound on each of stdout and stderr. */
    readonly maxBytes?: number;
    /** File descriptors to hand on, as 3, 4, … */
    readonly extraFds?: readonly number[];
    /**
     * What it prints says that it has succeeded. Its end, which may take a
     * while longer, is not waited for then.
     */
    readonly isDoneOnOutput?: boolean;
    /** Neither its end nor what it says is waited for. */
    readonly isDoneOnStart?: boolean;
    /** What interrupts us on a terminal does not interrupt it. */
    readonly isSheltered?: boolean;
}

export type RunCommand = (
    file: string,
    args: readonly string[],
    options?: CommandOptions,
) => Promise<CommandOutcome>;

const defaults = { timeoutMs: 30_000, maxBytes: 16 * 1024 * 1024 };

/** Runs a program without a shell, in the C locale. */
export const runCommand: RunCommand = async (file, args, options = {}) => {
    const { timeoutMs, maxBytes } = { ...defaults, ...options };
    const command = [file, ...args].join(' ');
    const started = await start(file, args, options);
    if (typeof started === 'string') {
        return { ...nothingSeen, command, startError: started };
    }
    const { child, stdout, stderr, exit } = started;
    let timedOut = false;
    const timer = setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
    }, timeoutMs);
    // What it started itself may hold its output open after its end.
    const closeOutput = () => {
        stdout.destroy();
        stderr.destroy();
    };
    const lastTimer = setTimeout(closeOutput, timeoutMs + 1000);
    // A program that does not mind a closed pipe would run on.
    const end = () => {
        child.kill('SIGKILL');
        closeOutput();
    };
    const done = () => {
        child.unref();
        closeOutput();
    };
    if (options.isDoneOnStart) {
        done();
    }
    const exitOrOutput = options.isDoneOnOutput
        ? Promise.race([exit, firstOutput(stdout, done)])
        : exit;
    const [exitCode, out, error] = await Promise.all([
        options.isDoneOnStart ? 0 : exitOrOutput,
        collect(stdout, maxBytes, end),
        collect(stderr, maxBytes, end),
    ]);
    clearTimeout(timer);
    clearTimeout(lastTimer);
    return {
        command,
        exitCode: timedOut ? null : exitCode,
        stdout: out.bytes,
        stderr: error.bytes,
        startError: null,
        timedOut,
        tooLong: out.tooLong || error.tooLong,
    };
};

/**
 * Runs a program on our own terminal, for as long as its user likes: `done`,
 * or how it failed. An interrupt is meant for it, not for us.
 */
export function runOnTerminal(
    file: string,
    args: readonly string[],
): Promise<string> {
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    return new Promise<string>((resolve) => {
        const child = spawn(file, args, { stdio: 'inherit' });
        child.once('error', (error) => resolve(startErrorOf(error)));
        child.once('exit', (code, signal) =>
            resolve(code === 0 ? 'done' : (signal ?? `exit code ${code}`)),
        );
    }).finally(() => process.off('SIGINT', ignore));
}

const nothingSeen = {
    exitCode: null,
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    timedOut: false,
    tooLong: false,
};

interface Started {
    readonly child: ChildProcess;
    readonly stdout: Readable;
    readonly stderr: Readable;
    /** Its exit code; null when a signal ended it. */
    readonly exit: Promise<number | null>;
}

/** The program with its input on the way, or why it did not start. */
function start(
    file: string,
    args: readonly string[],
    { input, extraFds = [], isSheltered = false }: CommandOptions,
): Promise<Started | string> {
    return new Promise((resolve) => {
        const fail = (error: Error) => resolve(startErrorOf(error));
        const stdin = input === undefined ? 'ignore' : 'pipe';
        try {
            const child = spawn(file, args, {
                ...surroundings(),
                stdio: [stdin, 'pipe', 'pipe', ...extraFds],
                // In a session of its own.
                detached: isSheltered,
            });
            const exit = new Promise<number | null>((ended) => {
                child.once('exit', ended);
            });
            // Later ones are kills that failed: the timers end the waiting.
            child.on('error', fail);
            child.once('spawn', () => {
                const { stdout, stderr } = child;
                if (stdout === null || stderr === null) {
                    return fail(new Error('it has no pipes'));
                }
                // Who does not read its input need not: see its exit code.
                child.stdin?.on('error', () => child.stdin?.destroy());
                child.stdin?.end(input);
                resolve({ child, stdout, stderr, exit });
            });
        } catch (error) {
            // Some failures spawn() throws, others it tells.
            fail(error as Error);
        }
    });
}

/** As the exit code of a program that said that it has succeeded. */
function firstOutput(stdout: Readable, done: () => void): Promise<0> {
    return new Promise((resolve) => {
        stdout.once('data', () => {
            done();
            resolve(0);
        });
    });
}

interface Collected {
    readonly bytes: Buffer;
    readonly tooLong: boolean;
}

/** Reads to the end, or until it is too much. */
function collect(
    stream: Readable,
    maxBytes: number,
    end: () => void,
): Promise<Collected> {
    return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let length = 0;
        stream.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            length += chunk.length;
            if (length > maxBytes) {
                end();
            }
        });
        stream.on('close', () =>
            resolve({
                bytes: Buffer.concat(chunks).subarray(0, maxBytes),
                tooLong: length > maxBytes,
            }),
        );
        // A stream that breaks has ended; how, the exit code says.
        stream.on('error', () => stream.destroy());
    });
}
