// What became of examining a ProxyVM.
import * as v from 'valibot';
import { toPrintable } from '../../../shared/printable.ts';
import { answer, type ErrorCode } from '../../../shared/protocol/answer.ts';
import { protocolVersion } from '../../../shared/protocol/desired-state.ts';
import {
    type Examination,
    examineAnswer,
} from '../../../shared/protocol/examination.ts';
import { decode } from '../../../shared/protocol/json.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { counter } from '../../../shared/protocol/schema.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type CallFailure, callFailure } from '../agent-answer.ts';

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
        return err(readOther(untrusted_bytes) ?? unreadable(decoded.error));
    }
    const { error, examination } = decoded.value;
    if (error !== null) {
        return err(failed(error));
    }
    return examination === null
        ? err(callFailure('bad-answer', "its agent's answer says nothing"))
        : ok(examination);
}

const tooOld = callFailure(
    'too-old',
    'its agent is too old to be asked for this',
);

function unreadable(why: string): CallFailure {
    const message = `its agent's answer cannot be read: ${why}`;
    return callFailure('bad-answer', message);
}

function failed(error: {
    readonly code: ErrorCode;
    readonly message: string;
}): CallFailure {
    return error.code === 'request'
        ? tooOld
        : callFailure('agent-error', toPrintable(error.message), error.code);
}

/**
 * What fails before the verb counts is answered as with all others, and so by
 * one that does not know the verb; null: neither that nor another version.
 */
function readOther(untrusted_bytes: Uint8Array): CallFailure | null {
    const usual = decode(answer, untrusted_bytes, limits.answerBytes);
    if (usual.ok && usual.value.error !== null) {
        return failed(usual.value.error);
    }
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
