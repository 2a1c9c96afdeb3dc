import { execa } from 'execa';

/** How a command ended; never thrown. */
export interface CommandOutcome {
    /** What was run, for messages. */
    readonly command: string;
    /** Null when it did not start, was killed or took too long. */
    readonly exitCode: number | null;
    readonly stdout: Buffer;
    readonly stderr: Buffer;
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
    const result = await execa(file, [...args], {
        ...(options.input === undefined ? {} : { input: options.input }),
        stdio: [
            options.input === undefined ? 'ignore' : 'pipe',
            'pipe',
            'pipe',
            // execa's types name no descriptor above 9, execa takes any.
            ...((options.extraFds ?? []) as readonly 9[]),
        ],
        env: { LC_ALL: 'C' },
        encoding: 'buffer',
        stripFinalNewline: false,
        reject: false,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: maxBytes,
    });
    return {
        command: [file, ...args].join(' '),
        exitCode: result.exitCode ?? null,
        stdout: Buffer.from(result.stdout),
        stderr: Buffer.from(result.stderr),
        timedOut: result.timedOut,
        tooLong: result.isMaxBuffer,
    };
};
