import type { ErrorCode } from '../shared/protocol/answer.ts';

/** Why a call fails, for its answer. Anything else thrown is a bug. */
export class AgentFailure extends Error {
    readonly code: ErrorCode;

    constructor(code: ErrorCode, message: string) {
        super(message);
        this.name = 'AgentFailure';
        this.code = code;
    }
}
