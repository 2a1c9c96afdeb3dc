import type { CommandOutcome } from '../../shared/io/run-command.ts';

/** How a command ended that did what it should, but for `differences`. */
export function outcome(
    differences: Partial<Omit<CommandOutcome, 'stdout' | 'stderr'>> & {
        readonly stdout?: string | Buffer;
        readonly stderr?: string | Buffer;
    } = {},
): CommandOutcome {
    const { stdout = '', stderr = '', ...others } = differences;
    return {
        command: '',
        exitCode: 0,
        startError: null,
        timedOut: false,
        tooLong: false,
        ...others,
        stdout: Buffer.from(stdout),
        stderr: Buffer.from(stderr),
    };
}
