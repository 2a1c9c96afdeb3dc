// What the clients of a ProxyVM asked their proxies for, as its agent tells.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import type {
    StreamCommand,
    StreamEnd,
} from '../../shared/io/stream-command.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { Requests } from '../../shared/protocol/requests.ts';
import type { Result } from '../../shared/result.ts';
import {
    type CallFailure,
    callFailure,
    describeExit,
    readOutcomeAs,
} from '../core/agent-answer.ts';
import { readRequests } from '../core/requests/read-answer.ts';
import type { Qrexec } from './qrexec.ts';

/**
 * Asks once, for requests that were made in the last so many seconds, or for
 * all that it knows.
 */
export type AskRequests = (
    proxyvm: QubeName,
    sinceSeconds: number | null,
) => Promise<Result<Requests, CallFailure>>;

/**
 * Listens until `signal` ends it, then null; or until it is over, then why.
 * The first answer is all that the ProxyVM knows, later ones what has changed
 * since; one without clients says that it is still there. The next one waits
 * until `onAnswer` has taken this one.
 */
export type FollowRequests = (
    proxyvm: QubeName,
    onAnswer: (requests: Requests) => void | Promise<void>,
    signal: AbortSignal,
) => Promise<CallFailure | null>;

/** Milliseconds: an agent that has nothing to say says so every ten seconds. */
const silenceMs = 30_000;

/** Milliseconds between two answers: an agent sends one in 200 at most. */
const paceMs = 50;

export function qrexecAskRequests(
    run: RunCommand,
    qrexec: Qrexec,
): AskRequests {
    return async (proxyvm, sinceSeconds) => {
        const outcome = await run(...qrexec.command(proxyvm, 'requests'), {
            input: request(sinceSeconds),
            timeoutMs: limits.answerMs,
            maxBytes: limits.answerBytes,
        });
        const refusal = qrexec.refusal(proxyvm);
        return readOutcomeAs(refusal, outcome, readRequests);
    };
}

export function qrexecFollowRequests(
    stream: StreamCommand,
    qrexec: Qrexec,
): FollowRequests {
    return async (proxyvm, onAnswer, signal) => {
        let failure: CallFailure | null = null;
        const end = await stream(...qrexec.command(proxyvm, 'follow'), {
            input: request(null),
            async onLine(untrusted_line) {
                const read = readRequests(untrusted_line);
                if (read.ok) {
                    await onAnswer(read.value);
                } else {
                    failure = read.error;
                }
                return read.ok;
            },
            signal,
            maxLineBytes: limits.answerBytes,
            silenceMs,
            paceMs,
        });
        return failure ?? describeStreamEnd(qrexec.refusal(proxyvm), end);
    };
}

function request(sinceSeconds: number | null): string {
    return `${JSON.stringify({ version: 1, sinceSeconds })}\n`;
}

function describeStreamEnd(
    refusal: CallFailure,
    end: StreamEnd,
): CallFailure | null {
    switch (end.kind) {
        case 'aborted':
            return null;
        case 'enough':
            throw new Error('an answer that was read is not enough');
        case 'too-long': {
            const most = limits.answerBytes;
            const message = `its agent's answer is longer than ${most} bytes`;
            return callFailure('bad-answer', message);
        }
        case 'silent': {
            const seconds = silenceMs / 1000;
            const message = `its agent said nothing for ${seconds} seconds`;
            return callFailure('too-slow', message);
        }
        case 'exit':
            return describeExit(refusal, end);
    }
}
