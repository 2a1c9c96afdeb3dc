// What became of examining a ProxyVM.
import * as v from 'valibot';
import { protocolVersion } from '../../../shared/protocol/desired-state.ts';
import {
    type Examination,
    examineAnswer,
} from '../../../shared/protocol/examination.ts';
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { counter } from '../../../shared/protocol/schema.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import {
    type CallFailure,
    callFailure,
    failureOfVerb,
    readUsualFailure,
    tooOld,
    unreadable,
} from '../agent-answer.ts';

/** What answers of all versions begin with. */
const anyAnswer = v.object({
    service: v.literal('qubes.FilterProxy'),
    version: counter,
});

/** Reads the answer of the verb `examine`, or tells an agent that is too old. */
export function readExamination(
    untrusted_bytes: Uint8Array,
): Result<Examination, CallFailure> {
    const most = limits.answerBytes;
    const decoded = decode(examineAnswer, untrusted_bytes, most);
    if (!decoded.ok) {
        return err(
            readUsualFailure(untrusted_bytes) ??
                readOtherVersion(untrusted_bytes) ??
                unreadable(decoded.error),
        );
    }
    const { error, examination } = decoded.value;
    if (error !== null) {
        return err(failureOfVerb(error));
    }
    return examination === null
        ? err(callFailure('bad-answer', "its agent's answer says nothing"))
        : ok(examination);
}

/** What it means that it speaks another version; null if it does not. */
function readOtherVersion(untrusted_bytes: Uint8Array): CallFailure | null {
    const decoded = decode(anyAnswer, untrusted_bytes, limits.answerBytes);
    if (!decoded.ok || decoded.value.version === protocolVersion) {
        return null;
    }
    const { version } = decoded.value;
    return version < protocolVersion
        ? tooOld
        : callFailure(
              'too-new',
              `its agent speaks version ${version} of the protocol, and dom0 ` +
                  `only ${protocolVersion}`,
          );
}
