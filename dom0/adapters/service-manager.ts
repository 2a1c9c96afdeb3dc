// What systemd wants to know of a service of Type=notify.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { toPrintable } from '../../shared/printable.ts';

/** Says that we do our work from now on; nothing outside of a service. */
export async function notifyReady(
    run: RunCommand,
    environment: NodeJS.ProcessEnv,
): Promise<string | null> {
    if (environment['NOTIFY_SOCKET'] === undefined) {
        return null;
    }
    const outcome = await run('systemd-notify', ['--ready']);
    const untrusted_stderr = outcome.stderr.toString('utf8');
    return outcome.exitCode === 0
        ? null
        : `systemd-notify failed: ${toPrintable(untrusted_stderr, 200)}`;
}
