import { runCommand } from '../../../shared/io/run-command.ts';

/** Runs a program of the testbed's own; whatever goes wrong is thrown. */
export async function run(
    file: string,
    args: readonly string[],
    input?: string,
): Promise<string> {
    const outcome = await runCommand(
        file,
        args,
        input === undefined ? {} : { input },
    );
    if (outcome.exitCode !== 0) {
        const end = outcome.timedOut
            ? 'took too long'
            : `exit ${outcome.exitCode}`;
        throw new Error(
            `${outcome.command}: ${end}: ${outcome.stderr.toString()}`,
        );
    }
    return outcome.stdout.toString();
}

/** The same in a network namespace. */
export async function runInside(
    namespace: string,
    file: string,
    args: readonly string[],
    input?: string,
): Promise<string> {
    const net = `--net=/run/netns/${namespace}`;
    return await run('nsenter', [net, '--', file, ...args], input);
}
