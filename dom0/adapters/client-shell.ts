// A shell in a client qube, as root: what `qvm-run --user root` calls, too
// (qubes-core-agent-linux qubes-rpc/qubes.VMShell).
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { quoted } from '../../shared/printable.ts';
import { firstForeignCode, qrexec } from '../core/agent-answer.ts';
import {
    type FileOutcome,
    mostAnswerBytes,
    readClientAnswer,
} from '../core/client-settings/answer.ts';
import { Failure } from '../failure.ts';
import type { Qrexec } from './qrexec.ts';

export interface ClientOutcome {
    readonly files: readonly FileOutcome[];
    /** What went wrong in the qube, printable; null if nothing did. */
    readonly trouble: string | null;
}

/**
 * Runs a script of `renderScript` in a qube that runs; a Failure if nobody
 * knows what came of it.
 */
export type SettleClient = (
    qube: QubeName,
    script: string,
) => Promise<ClientOutcome>;

/** Milliseconds; it writes some files and starts a unit. */
const timeoutMs = 60_000;

/** Only dom0 may run something in any qube. */
export function qrexecClients(
    run: RunCommand,
    { isDom0 }: Qrexec,
): SettleClient {
    return async (qube, script) => {
        if (!isDom0) {
            throw new Failure(
                `only dom0 can change files in ${qube}; to see them: ` +
                    `qvm-filterproxy client ${qube}`,
            );
        }
        const call = 'root:QUBESRPC qubes.VMShell dom0';
        const outcome = await run('qrexec-client', ['-d', qube, call], {
            input: script,
            timeoutMs,
            maxBytes: mostAnswerBytes,
        });
        const { exitCode } = outcome;
        const untrusted_last =
            outcome.stderr.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
        if (
            exitCode === null ||
            exitCode >= firstForeignCode ||
            outcome.tooLong
        ) {
            throw new Failure(`${qube}: ${describe(outcome)}`);
        }
        const files = readClientAnswer(outcome.stdout.toString('utf8'));
        if (!files.ok) {
            throw new Failure(
                `${qube}: it answered what it should not: ${files.error}`,
            );
        }
        const last =
            untrusted_last === ''
                ? `exit code ${exitCode}`
                : quoted(untrusted_last, 200);
        return {
            files: files.value,
            trouble: exitCode === 0 ? null : last,
        };
    };
}

function describe({
    exitCode,
    timedOut,
    tooLong,
}: Awaited<ReturnType<RunCommand>>): string {
    if (tooLong) {
        return `it answered more than ${mostAnswerBytes} bytes`;
    }
    if (timedOut) {
        return `it did not answer in ${timeoutMs / 1000} seconds`;
    }
    return exitCode === qrexec.noService
        ? 'it has no qubes.VMShell, which Qubes has in Linux qubes'
        : 'it does not answer qrexec: it is paused, has not started up ' +
              'yet, or went away';
}
