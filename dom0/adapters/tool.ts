// One run of a Qubes tool: its output, or a failure that fits on a line.
import type {
    CommandOptions,
    CommandOutcome,
    RunCommand,
} from '../../shared/io/run-command.ts';
import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { Failure } from '../failure.ts';

/** Milliseconds: the tools wait for a hung qubesd without an end. */
const patience = 30_000;

export interface ToolProblem {
    /** Null when it did not run to its end. */
    readonly exitCode: number | null;
    readonly message: string;
}

/** What a tool printed, if it succeeded. */
export async function runTool(
    run: RunCommand,
    file: string,
    args: readonly string[],
    options: CommandOptions = {},
): Promise<Result<string, ToolProblem>> {
    const timeoutMs = options.timeoutMs ?? patience;
    const outcome = await run(file, args, { ...options, timeoutMs });
    const { exitCode } = outcome;
    return exitCode === 0 && !outcome.tooLong
        ? ok(outcome.stdout.toString('utf8'))
        : err({
              exitCode,
              message: `${file}: ${describe(file, outcome, timeoutMs)}`,
          });
}

/** What a tool printed; fails if it did not succeed. */
export async function outputOf(
    run: RunCommand,
    file: string,
    args: readonly string[],
): Promise<string> {
    const result = await runTool(run, file, args);
    if (!result.ok) {
        throw new Failure(result.error.message);
    }
    return result.value;
}

/** What was read of its output; fails if that cannot be what it prints. */
export function orFailure<T>(tool: string, result: Result<T, string>): T {
    if (!result.ok) {
        throw new Failure(
            `${tool} printed what it should not: ${result.error}`,
        );
    }
    return result.value;
}

function describe(
    file: string,
    outcome: CommandOutcome,
    timeoutMs: number,
): string {
    if (outcome.tooLong) {
        return 'it printed far too much';
    }
    if (outcome.timedOut) {
        return (
            `no answer in ${timeoutMs / 1000} seconds; does qubesd hang? ` +
            'See: systemctl status qubesd'
        );
    }
    if (outcome.startError !== null) {
        return `it does not start (${outcome.startError}); is it installed?`;
    }
    const untrusted_text = outcome.stderr.toString('utf8');
    if (saysUnreachable(untrusted_text)) {
        return 'qubesd does not answer; to start it: sudo systemctl start qubesd';
    }
    const untrusted_last = untrusted_text.trimEnd().split('\n').at(-1) ?? '';
    return untrusted_last === ''
        ? `it ended with ${outcome.exitCode ?? 'a signal'}`
        : toPrintable(untrusted_last.replace(`${file}: error: `, ''), 200);
}

/** Some tools print the exception with its name, others what it says. */
function saysUnreachable(untrusted_text: string): boolean {
    return [
        'QubesDaemonCommunicationError',
        'Failed to connect to qubesd service',
    ].some((sign) => untrusted_text.includes(sign));
}
