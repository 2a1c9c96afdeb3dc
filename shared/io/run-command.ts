import type { Readable } from 'node:stream';
import { execa } from 'execa';

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
    const child = execa(file, [...args], {
        ...(options.input === undefined ? {} : { input: options.input }),
        stdio: [
            options.input === undefined ? 'ignore' : 'pipe',
            'pipe',
            'pipe',
            // execa's types name no descriptor above 9, execa takes any.
            ...((options.extraFds ?? []) as readonly 9[]),
        ],
        env: { LC_ALL: 'C' },
        // Wherever we were started, which may be out of its reach, or gone.
        cwd: '/',
        // Read here: execa's own bound lets a program run on that does not
        // mind a closed pipe.
        buffer: false,
        encoding: 'buffer',
        reject: false,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
    });
    // What it started itself may hold its output open after its end.
    const closeOutput = () => {
        child.stdout.destroy();
        child.stderr.destroy();
    };
    const timer = setTimeout(closeOutput, timeoutMs + 1000);
    const end = () => {
        child.kill();
        closeOutput();
    };
    const stdout = collect(child.stdout, maxBytes, end);
    const stderr = collect(child.stderr, maxBytes, end);
    const [result, out, error] = await Promise.all([child, stdout, stderr]);
    clearTimeout(timer);
    return {
        command: [file, ...args].join(' '),
        exitCode: result.exitCode ?? null,
        stdout: out.bytes,
        stderr: error.bytes,
        startError: child.pid === undefined ? (result.code ?? 'none') : null,
        timedOut: result.timedOut,
        tooLong: out.tooLong || error.tooLong,
    };
};

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
