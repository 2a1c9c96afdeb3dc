// What became of asking a ProxyVM what its clients asked for.
import { toPrintable } from '../../../shared/printable.ts';
import { answer, type ErrorCode } from '../../../shared/protocol/answer.ts';
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import {
    type Requests,
    requestsAnswer,
} from '../../../shared/protocol/requests.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type CallFailure, callFailure } from '../agent-answer.ts';

/** Reads one answer of the verbs `requests` and `follow`. */
export function readRequests(
    untrusted_bytes: Uint8Array,
): Result<Requests, CallFailure> {
    const decoded = decode(requestsAnswer, untrusted_bytes, limits.answerBytes);
    if (!decoded.ok) {
        return err(readOldAgent(untrusted_bytes) ?? unreadable(decoded.error));
    }
    const { error, requests } = decoded.value;
    if (error !== null) {
        return err(failed(error));
    }
    return requests === null
        ? err(callFailure('bad-answer', "its agent's answer has no requests"))
        : ok(requests);
}

function unreadable(why: string): CallFailure {
    const message = `its agent's answer cannot be read: ${why}`;
    return callFailure('bad-answer', message);
}

/** One that does not know the verb answers as to all others. */
function readOldAgent(untrusted_bytes: Uint8Array): CallFailure | null {
    const decoded = decode(answer, untrusted_bytes, limits.answerBytes);
    return decoded.ok && decoded.value.error !== null
        ? failed(decoded.value.error)
        : null;
}

function failed(error: {
    readonly code: ErrorCode;
    readonly message: string;
}): CallFailure {
    return error.code === 'request'
        ? callFailure('too-old', 'its agent is too old to be asked for this')
        : callFailure('agent-error', toPrintable(error.message), error.code);
}
