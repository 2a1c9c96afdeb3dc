// What became of asking a ProxyVM what its clients asked for.
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import {
    type Requests,
    requestsAnswer,
} from '../../../shared/protocol/requests.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import {
    type CallFailure,
    callFailure,
    failureOfVerb,
    readUsualFailure,
    unreadable,
} from '../agent-answer.ts';

/** Reads one answer of the verbs `requests` and `follow`. */
export function readRequests(
    untrusted_bytes: Uint8Array,
): Result<Requests, CallFailure> {
    const decoded = decode(requestsAnswer, untrusted_bytes, limits.answerBytes);
    if (!decoded.ok) {
        return err(
            readUsualFailure(untrusted_bytes) ?? unreadable(decoded.error),
        );
    }
    const { error, requests } = decoded.value;
    if (error !== null) {
        return err(failureOfVerb(error));
    }
    return requests === null
        ? err(callFailure('bad-answer', "its agent's answer has no requests"))
        : ok(requests);
}
