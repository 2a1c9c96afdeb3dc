// What a ProxyVM says of itself when it is examined.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import {
    type Examination,
    examineVerb,
} from '../../shared/protocol/examination.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { Result } from '../../shared/result.ts';
import { type CallFailure, readOutcomeAs } from '../core/agent-answer.ts';
import { readExamination } from '../core/doctor/read-examination.ts';
import type { Qrexec } from './qrexec.ts';

/** Asks its agent. It never starts a qube, and is bounded in all it takes. */
export type Examine = (
    proxyvm: QubeName,
) => Promise<Result<Examination, CallFailure>>;

export function qrexecExamine(run: RunCommand, qrexec: Qrexec): Examine {
    return async (proxyvm) => {
        const timeoutMs = limits.examineMs;
        const outcome = await run(...qrexec.command(proxyvm, examineVerb), {
            input: '',
            timeoutMs,
            maxBytes: limits.answerBytes,
        });
        const refusal = qrexec.refusal(proxyvm);
        return readOutcomeAs(refusal, outcome, readExamination, timeoutMs);
    };
}
