// One call of the service qubes.FilterProxy: a verb and bytes in, an answer
// out. Whatever goes wrong is said in the answer.
import type { RunCommand } from '../shared/io/run-command.ts';
import type { Answer, Report, Verb } from '../shared/protocol/answer.ts';
import {
    type DesiredState,
    desiredState,
    protocolVersion,
} from '../shared/protocol/desired-state.ts';
import { decode } from '../shared/protocol/json.ts';
import { limits } from '../shared/protocol/limits.ts';
import { type Applied, apply } from './apply/apply.ts';
import { execute, type Tools } from './apply/executors.ts';
import { accept, refuseStale } from './apply/issued.ts';
import { withLock } from './apply/lock.ts';
import { plan } from './core/plan.ts';
import { AgentFailure } from './failure.ts';
import { checkFitness } from './observe/fitness.ts';
import { observe } from './observe/observe.ts';
import { reportOf, statusOf } from './report.ts';

type Handler = (tools: Tools, untrusted_bytes: Buffer) => Promise<Report>;

const handlers: { readonly [Each in Verb]: Handler } = {
    apply: async (tools, untrusted_bytes) => {
        const desired = parseDesired(untrusted_bytes);
        return withLock(tools.run, async () => {
            await accept(desired.issued);
            return reportOf(tools, await applyClients(tools, desired.clients));
        });
    },
    plan: async ({ run, tinyproxy }, untrusted_bytes) => {
        const desired = parseDesired(untrusted_bytes);
        await refuseStale(desired.issued);
        const observed = await observe(run);
        const planned = plan(desired.clients, observed);
        const seen = { before: observed, observed };
        return reportOf({ tinyproxy }, { ...planned, ...seen });
    },
    status: async ({ run, tinyproxy }, untrusted_bytes) => {
        expectNothing(untrusted_bytes);
        return statusOf({ tinyproxy }, await observe(run));
    },
    stop: async (tools, untrusted_bytes) => {
        expectNothing(untrusted_bytes);
        return withLock(tools.run, async () =>
            reportOf(tools, await applyClients(tools, [])),
        );
    },
};

/** Handles a call; the answer to whatever happens. */
export async function call(
    run: RunCommand,
    verb: Verb,
    untrusted_bytes: Buffer,
): Promise<Answer> {
    try {
        const tinyproxy = await checkFitness(run);
        return answer(
            await handlers[verb]({ run, tinyproxy }, untrusted_bytes),
        );
    } catch (error) {
        return failed(error);
    }
}

function answer(report: Report): Answer {
    return {
        service: 'qubes.FilterProxy',
        version: protocolVersion,
        error: null,
        report,
    };
}

/** The answer to a call that failed; a bug goes to the journal as well. */
export function failed(error: unknown): Answer {
    const isExpected = error instanceof AgentFailure;
    if (!isExpected) {
        console.error(error);
    }
    const message = error instanceof Error ? error.message : String(error);
    return {
        service: 'qubes.FilterProxy',
        version: protocolVersion,
        error: {
            code: isExpected ? error.code : 'internal',
            message: message.slice(0, limits.textLength),
        },
        report: null,
    };
}

function applyClients(
    tools: Tools,
    clients: DesiredState['clients'],
): Promise<Applied> {
    const deps = {
        observe: () => observe(tools.run),
        execute: (step: Parameters<typeof execute>[1]) => execute(tools, step),
    };
    return apply(deps, clients);
}

function parseDesired(untrusted_bytes: Buffer): DesiredState {
    const result = decode(desiredState, untrusted_bytes, limits.requestBytes);
    if (!result.ok) {
        throw new AgentFailure('request', `the desired state: ${result.error}`);
    }
    return result.value;
}

function expectNothing(untrusted_bytes: Buffer): void {
    if (untrusted_bytes.length > 0) {
        throw new AgentFailure('request', 'this verb takes no input');
    }
}
