import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { administratorKey, parseAdministrator } from '../core/administrator.ts';

/** A name is shorter. */
const maxBytes = 1000;

/** Nobody where QubesDB names nobody, or cannot be asked. */
export async function observeAdministrator(
    run: RunCommand,
): Promise<QubeName | null> {
    const { exitCode, stdout } = await run('qubesdb-read', [administratorKey], {
        maxBytes,
    });
    return exitCode === 0
        ? parseAdministrator(stdout.toString('latin1'))
        : null;
}
