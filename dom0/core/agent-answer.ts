// What became of a call to the agent of a ProxyVM: its report, or why not.
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import { quoted } from '../../shared/printable.ts';
import {
    answer,
    type ErrorCode,
    type Report,
} from '../../shared/protocol/answer.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';

export interface CallFailure {
    readonly kind: /** dom0 could not look, or not ask. */
        | 'not-called'
        | 'halted'
        | 'unreachable'
        | 'refused'
        /** To a management qube, by dom0's policy. */
        | 'not-allowed'
        | 'no-agent'
        | 'cut-off'
        | 'too-slow'
        | 'bad-answer'
        /** It does not know the verb, or an older protocol. */
        | 'too-old'
        /** It knows only a newer protocol. */
        | 'too-new'
        | 'agent-error';
    /** The agent's own code, of an `agent-error`. */
    readonly code: ErrorCode | null;
    /** What happened, in printable characters; the agent's own words quoted. */
    readonly message: string;
}

export function callFailure(
    kind: CallFailure['kind'],
    message: string,
    code: ErrorCode | null = null,
): CallFailure {
    return { kind, code, message };
}

/** qrexec's own exit codes (qubes-core-qrexec libqrexec/qrexec.h). */
export const qrexec = {
    trouble: 125,
    refused: 126,
    noService: 127,
    cutOff: 255,
} as const;

/** Codes below are the service's own: an answer is there to be read. */
export const firstForeignCode = 100;

/** Reads what came back from a ProxyVM; `refusal` is what a refused call means. */
export function readOutcome(
    refusal: CallFailure,
    outcome: CommandOutcome,
): Result<Report, CallFailure> {
    return readOutcomeAs(refusal, outcome, readAnswer);
}

/**
 * The same of a verb with an answer of its own, which `read` reads, and which
 * was waited for so many milliseconds.
 */
export function readOutcomeAs<T>(
    refusal: CallFailure,
    outcome: CommandOutcome,
    read: (untrusted_bytes: Buffer) => Result<T, CallFailure>,
    timeoutMs: number = limits.answerMs,
): Result<T, CallFailure> {
    if (outcome.tooLong) {
        const most = limits.answerBytes;
        const message = `its agent's answer is longer than ${most} bytes`;
        return err(callFailure('bad-answer', message));
    }
    if (outcome.timedOut) {
        const seconds = timeoutMs / 1000;
        const message = `its agent did not answer in ${seconds} seconds`;
        return err(callFailure('too-slow', message));
    }
    return hasAnswer(outcome)
        ? read(outcome.stdout)
        : err(describeExit(refusal, outcome));
}

/** An agent that did not start, or was killed, says nothing and fails. */
function hasAnswer({ exitCode, stdout }: CommandOutcome): boolean {
    const isOwn = exitCode !== null && exitCode < firstForeignCode;
    return isOwn && (exitCode === 0 || stdout.length > 0);
}

function readAnswer(untrusted_bytes: Buffer): Result<Report, CallFailure> {
    const decoded = decode(answer, untrusted_bytes, limits.answerBytes);
    if (!decoded.ok) {
        return err(unreadable(decoded.error));
    }
    const { error, report } = decoded.value;
    if (error !== null) {
        const message = quoted(error.message);
        return err(callFailure('agent-error', message, error.code));
    }
    return report === null
        ? err(callFailure('bad-answer', "its agent's answer has no report"))
        : ok(report);
}

export function unreadable(why: string): CallFailure {
    const message = `its agent's answer cannot be read: ${why}`;
    return callFailure('bad-answer', message);
}

export const tooOld = callFailure(
    'too-old',
    'its agent is too old to be asked for this',
);

/** What the error means in the answer to a verb that came later than others. */
export function failureOfVerb(error: {
    readonly code: ErrorCode;
    readonly message: string;
}): CallFailure {
    return error.code === 'request'
        ? tooOld
        : callFailure('agent-error', quoted(error.message), error.code);
}

/**
 * What fails before the verb counts is answered as with all others, and so by
 * an agent that does not know the verb; null: the answer is not of that kind.
 */
export function readUsualFailure(
    untrusted_bytes: Uint8Array,
): CallFailure | null {
    const decoded = decode(answer, untrusted_bytes, limits.answerBytes);
    return decoded.ok && decoded.value.error !== null
        ? failureOfVerb(decoded.value.error)
        : null;
}

/** What it means that a call ended so, without an answer to read. */
export function describeExit(
    refusal: CallFailure,
    outcome: Pick<CommandOutcome, 'exitCode' | 'stderr'>,
): CallFailure {
    switch (outcome.exitCode) {
        case qrexec.trouble:
            return callFailure('unreachable', describeTrouble(outcome));
        case qrexec.refused:
            return refusal;
        case qrexec.noService:
            return callFailure('no-agent', 'it has no filter proxy agent');
        case qrexec.cutOff:
            return callFailure('cut-off', 'it went away in the middle');
        case null:
            return callFailure(
                'unreachable',
                'qrexec-client did not run, or was killed',
            );
        default:
            return callFailure('cut-off', describeEnd(outcome));
    }
}

/** Of a paused qube it says nothing; else what it says may be the cause. */
function describeTrouble(outcome: Pick<CommandOutcome, 'stderr'>): string {
    const what =
        'it does not answer qrexec: it is paused, or has not started up yet';
    const words = lastWords(outcome);
    return words === '' ? what : `${what}; qrexec-client says: ${words}`;
}

/** One that was killed had no time for last words. */
function describeEnd(end: Pick<CommandOutcome, 'exitCode' | 'stderr'>): string {
    const words = lastWords(end);
    const what = `its agent ended with exit code ${end.exitCode}`;
    return words === '' ? what : `${what}: ${words}`;
}

function lastWords({ stderr }: Pick<CommandOutcome, 'stderr'>): string {
    const untrusted_words = stderr.toString('utf8').trim();
    return untrusted_words === '' ? '' : quoted(untrusted_words, 200);
}
