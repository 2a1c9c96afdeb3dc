// From a command's output or failure to streams and an exit code; the codes
// are explained in docs/json.md.
import { isErrno } from '../../shared/io/errno.ts';
import { Failure } from '../failure.ts';
import type { OpenScreen } from '../screen.ts';
import type { Output } from './output.ts';
import type { Terminal } from './progress.ts';
import { UsageError } from './usage-error.ts';

export interface Streams {
    readonly out: (text: string) => void;
    readonly err: (text: string) => void;
    /** Where `err` goes, if a person looks at it. */
    readonly terminal: Terminal | null;
    /** Begins to listen for what ends a command that goes on. */
    readonly interrupted: () => AbortSignal;
    /** Has something done before an interrupt ends us; returns what ends that. */
    readonly beforeEnd: (action: () => void) => () => void;
    /** Takes the whole terminal. */
    readonly openScreen: OpenScreen;
}

export interface Manner {
    readonly isJson: boolean;
    /** Says nothing of what went well. */
    readonly isQuiet: boolean;
}

export const programName = 'qvm-filterproxy';

/** Runs a command to the end and returns its exit code. */
export async function runToExitCode(
    command: () => Promise<Output>,
    manner: Manner,
    usage: string,
    streams: Streams,
): Promise<number> {
    try {
        const output = await command();
        print(output, manner, streams);
        return output.failed ? 1 : 0;
    } catch (error) {
        if (error instanceof UsageError) {
            streams.err(formatUsageError(usage, `error: ${error.message}\n`));
            return 2;
        }
        // A failed system call says which one, and on what.
        if (error instanceof Failure || isErrno(error)) {
            streams.err(`${programName}: error: ${error.message}\n`);
            return 1;
        }
        throw error;
    }
}

/** As the qvm-tools say it: the usage, then what is wrong with it. */
export function formatUsageError(usage: string, message: string): string {
    return `usage: ${usage}\n${programName}: ${message}`;
}

function print(output: Output, manner: Manner, streams: Streams): void {
    if (manner.isJson && output.json !== null) {
        streams.out(`${JSON.stringify(output.json, null, 2)}\n`);
    } else if (!manner.isJson && !manner.isQuiet) {
        streams.out(output.lines.map((line) => `${line}\n`).join(''));
    }
    streams.err(output.warnings.map((line) => `${line}\n`).join(''));
}
