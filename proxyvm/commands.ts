// The programs of the ProxyVM that the agent runs, and how they fail.
import type {
    CommandOptions,
    CommandOutcome,
    RunCommand,
} from '../shared/io/run-command.ts';
import { toPrintable } from '../shared/printable.ts';
import type { Result } from '../shared/result.ts';
import { AgentFailure } from './failure.ts';

/** Runs it; any end but exit code 0 is a failure that says what was run. */
export async function runOrFail(
    run: RunCommand,
    file: string,
    args: readonly string[],
    options: CommandOptions = {},
): Promise<Buffer> {
    const outcome = await run(file, args, options);
    if (outcome.exitCode !== 0) {
        throw commandFailure(outcome);
    }
    return outcome.stdout;
}

/** What a parser made of a program's output; a failure if it refused it. */
export function parsedOrFail<T>(program: string, result: Result<T, string>): T {
    if (!result.ok) {
        const message = `${program} printed what it should not: ${result.error}`;
        throw new AgentFailure('apply', message);
    }
    return result.value;
}

export function commandFailure(outcome: CommandOutcome): AgentFailure {
    const ending = describeEnd(outcome);
    const said = toPrintable(outcome.stderr.toString('latin1'), 300);
    return new AgentFailure('apply', `${outcome.command} ${ending}: ${said}`);
}

function describeEnd(outcome: CommandOutcome): string {
    if (outcome.startError !== null) {
        return `did not start (${outcome.startError})`;
    }
    if (outcome.tooLong) {
        return 'printed far too much';
    }
    return outcome.timedOut
        ? 'took too long'
        : `ended with ${outcome.exitCode ?? 'a signal'}`;
}
