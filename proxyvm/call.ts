// One call of the service qubes.FilterProxy: a verb and bytes in, an answer
// out. Whatever goes wrong is said in the answer.
import type * as v from 'valibot';
import type { RunCommand } from '../shared/io/run-command.ts';
import type {
    Answer,
    AnswerHead,
    Report,
    Verb,
} from '../shared/protocol/answer.ts';
import {
    desiredState,
    protocolVersion,
    stopRequest,
} from '../shared/protocol/desired-state.ts';
import { decode } from '../shared/protocol/json.ts';
import { limits } from '../shared/protocol/limits.ts';
import { accept, refuseStale } from './apply/issued.ts';
import { type WithLock, withLock } from './apply/lock.ts';
import { applyDesired, tearDown } from './apply-desired.ts';
import { clientsAfter } from './core/deadlines.ts';
import { type ObservedState, whyNoEntry } from './core/observed-state.ts';
import { plan } from './core/plan.ts';
import type { TinyproxyVersion } from './core/tinyproxy-version.ts';
import { AgentFailure } from './failure.ts';
import { observe } from './observe/observe.ts';
import { observeTinyproxy } from './observe/tinyproxy.ts';
import { reportOf, statusOf } from './report.ts';

type Handler = (
    run: RunCommand,
    untrusted_bytes: Buffer,
    lock: WithLock,
) => Promise<Report>;

const handlers: { readonly [Each in Verb]: Handler } = {
    apply: async (run, untrusted_bytes, lock) => {
        const received = performance.now();
        const desired = await parse(desiredState, untrusted_bytes);
        return lock(run, async (ask) => {
            const [observed, tinyproxy] = await Promise.all([
                observe(ask),
                observeTinyproxy(ask),
            ]);
            // Its deadlines run since then, however long the lock was held.
            const elapsedSeconds = (performance.now() - received) / 1000;
            const clients = clientsAfter(desired.clients, elapsedSeconds);
            const now = { ...desired, clients };
            return applyDesired(run, now, { observed, tinyproxy });
        });
    },
    plan: async (run, untrusted_bytes) => {
        const desired = await parse(desiredState, untrusted_bytes);
        failIfAny(refuseStale(desired.issued));
        const { tinyproxy, observed } = await observeFit(run);
        const planned = plan(desired.clients, observed);
        const seen = { before: observed, observed };
        return reportOf(tinyproxy, { ...planned, ...seen });
    },
    status: async (run, untrusted_bytes) => {
        expectNothing(untrusted_bytes);
        const { tinyproxy, observed } = await observeFit(run);
        return statusOf(tinyproxy, observed);
    },
    stop: async (run, untrusted_bytes, lock) => {
        const { issued } = await parse(stopRequest, untrusted_bytes);
        return lock(run, async () => {
            // Whether it can be told or not: it closes.
            refuseStale(issued);
            const report = await tearDown(run);
            failIfAny(accept(issued));
            return report;
        });
    },
};

/** Handles a call; the answer to whatever happens. */
export async function call(
    run: RunCommand,
    verb: Verb,
    untrusted_bytes: Buffer,
    lock = withLock,
): Promise<Answer> {
    try {
        const report = await handlers[verb](run, untrusted_bytes, lock);
        return { ...succeeded, report };
    } catch (error) {
        return { ...failed(error), report: null };
    }
}

/** Ends all that is ours, whoever asked for it last. */
export async function stopAll(run: RunCommand): Promise<Answer> {
    try {
        const report = await withLock(run, () => tearDown(run));
        return { ...succeeded, report };
    } catch (error) {
        return { ...failed(error), report: null };
    }
}

function failIfAny(failure: AgentFailure | null): void {
    if (failure !== null) {
        throw failure;
    }
}

/** What is there; fails if clients could not be served here. */
async function observeFit(
    run: RunCommand,
): Promise<{ tinyproxy: TinyproxyVersion; observed: ObservedState }> {
    const [observed, tinyproxy] = await Promise.all([
        observe(run),
        observeTinyproxy(run),
    ]);
    const noEntry = whyNoEntry(observed);
    if (noEntry !== null) {
        throw new AgentFailure('unfit', noEntry);
    }
    if (!tinyproxy.ok) {
        throw new AgentFailure('unfit', tinyproxy.error);
    }
    return { tinyproxy: tinyproxy.value, observed };
}

/** How an answer begins when nothing went wrong. */
export const succeeded: AnswerHead = {
    service: 'qubes.FilterProxy',
    version: protocolVersion,
    error: null,
};

/** The same of a call that failed; a bug goes to the journal as well. */
export function failed(error: unknown): AnswerHead {
    const isExpected = error instanceof AgentFailure;
    if (!isExpected) {
        console.error(error);
    }
    const message = error instanceof Error ? error.message : String(error);
    return {
        ...succeeded,
        error: {
            code: isExpected ? error.code : 'internal',
            message: message.slice(0, limits.textLength),
        },
    };
}

async function parse<Schema extends v.GenericSchema>(
    schema: Schema,
    untrusted_bytes: Buffer,
): Promise<v.InferOutput<Schema>> {
    const result = decode(schema, untrusted_bytes, limits.requestBytes);
    if (!result.ok) {
        throw new AgentFailure('request', `the request: ${result.error}`);
    }
    return result.value;
}

/** Of a verb that takes none. */
export function expectNothing(untrusted_bytes: Buffer): void {
    if (untrusted_bytes.length > 0) {
        throw new AgentFailure('request', 'this verb takes no input');
    }
}
