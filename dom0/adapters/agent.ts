// The one way to a ProxyVM: the service qubes.FilterProxy, over qrexec.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { Report, Verb } from '../../shared/protocol/answer.ts';
import type { DesiredState } from '../../shared/protocol/desired-state.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { err, type Result } from '../../shared/result.ts';
import {
    type CallFailure,
    callFailure,
    readOutcome,
} from '../core/agent-answer.ts';
import type { Qrexec } from './qrexec.ts';

/** Calls an agent. It never starts a qube, and is bounded in all it takes. */
export type CallAgent = (
    proxyvm: QubeName,
    verb: Verb,
    document: DesiredState | null,
) => Promise<Result<Report, CallFailure>>;

export function qrexecAgents(run: RunCommand, qrexec: Qrexec): CallAgent {
    return async (proxyvm, verb, document) => {
        const input = document === null ? '' : JSON.stringify(document);
        if (Buffer.byteLength(input) > limits.requestBytes) {
            const message = 'the rules of its clients are too many for it';
            return err(callFailure('not-called', message));
        }
        const outcome = await run(...qrexec.command(proxyvm, verb), {
            input,
            timeoutMs: limits.answerMs,
            maxBytes: limits.answerBytes,
        });
        return readOutcome(qrexec.refusal(proxyvm), outcome);
    };
}
