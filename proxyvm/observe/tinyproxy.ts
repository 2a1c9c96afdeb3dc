import type { RunCommand } from '../../shared/io/run-command.ts';
import { err, type Result } from '../../shared/result.ts';
import {
    parseTinyproxyVersion,
    type TinyproxyVersion,
    tinyproxyRemedy,
} from '../core/tinyproxy-version.ts';

/** The tinyproxy that is installed, or what to do about it. */
export async function observeTinyproxy(
    run: RunCommand,
): Promise<Result<TinyproxyVersion, string>> {
    const { startError, stdout } = await run('tinyproxy', ['-v']);
    return startError === null
        ? parseTinyproxyVersion(stdout.toString('latin1'))
        : err(`tinyproxy does not start (${startError}): ${tinyproxyRemedy}`);
}
