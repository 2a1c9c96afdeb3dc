// One call of the service qubes.FilterProxy: a verb and bytes in, an answer
// out. Whatever goes wrong is said in the answer.
import type * as v from 'valibot';
import { isErrno } from '../shared/io/errno.ts';
import type { RunCommand } from '../shared/io/run-command.ts';
import type { Answer, Report, Verb } from '../shared/protocol/answer.ts';
import {
    type DesiredState,
    desiredState,
    protocolVersion,
    stopRequest,
} from '../shared/protocol/desired-state.ts';
import { decode } from '../shared/protocol/json.ts';
import { limits } from '../shared/protocol/limits.ts';
import { type Applied, apply } from './apply/apply.ts';
import { execute } from './apply/executors.ts';
import { accept, refuseStale } from './apply/issued.ts';
import { withLock } from './apply/lock.ts';
import { plan } from './core/plan.ts';
import type { Step } from './core/step.ts';
import type { TinyproxyVersion } from './core/tinyproxy-version.ts';
import { AgentFailure } from './failure.ts';
import { checkFitness, type Fitness } from './observe/fitness.ts';
import { observe } from './observe/observe.ts';
import { reportOf, statusOf } from './report.ts';

type Handler = (run: RunCommand, untrusted_bytes: Buffer) => Promise<Report>;

const handlers: { readonly [Each in Verb]: Handler } = {
    apply: async (run, untrusted_bytes) => {
        const desired = parse(desiredState, untrusted_bytes);
        return withLock(run, () => applyDesired(run, desired));
    },
    plan: async (run, untrusted_bytes) => {
        const desired = parse(desiredState, untrusted_bytes);
        await refuseStale(desired.issued);
        const tinyproxy = requireFit(await checkFitness(run));
        const observed = await observe(run);
        const planned = plan(desired.clients, observed);
        const seen = { before: observed, observed };
        return reportOf(tinyproxy, { ...planned, ...seen });
    },
    status: async (run, untrusted_bytes) => {
        expectNothing(untrusted_bytes);
        const tinyproxy = requireFit(await checkFitness(run));
        return statusOf(tinyproxy, await observe(run));
    },
    stop: async (run, untrusted_bytes) => {
        const { issued } = parse(stopRequest, untrusted_bytes);
        return withLock(run, async () => {
            await refuseStale(issued);
            const report = await tearDown(run);
            await accept(issued);
            return report;
        });
    },
};

/** Handles a call; the answer to whatever happens. */
export async function call(
    run: RunCommand,
    verb: Verb,
    untrusted_bytes: Buffer,
): Promise<Answer> {
    try {
        return answer(await handlers[verb](run, untrusted_bytes));
    } catch (error) {
        return failed(error);
    }
}

/** Ends all that is ours, whoever asked for it last. */
export async function stopAll(run: RunCommand): Promise<Answer> {
    try {
        return answer(await withLock(run, () => tearDown(run)));
    } catch (error) {
        return failed(error);
    }
}

/**
 * What is lacking keeps nothing open: whatever may not be served any more is
 * closed first, and then the failure is told.
 */
async function applyDesired(
    run: RunCommand,
    { issued, clients }: DesiredState,
): Promise<Report> {
    await refuseStale(issued);
    const fitness = await checkFitness(run);
    if (fitness.noEntry !== null) {
        await tearDown(run);
        throw new AgentFailure('unfit', fitness.noEntry);
    }
    const { tinyproxy } = fitness;
    const failure = tinyproxy.ok
        ? await accept(issued).then(() => null, asWriteFailure)
        : new AgentFailure('unfit', tinyproxy.error);
    const version = tinyproxy.ok ? tinyproxy.value : null;
    const obstacle = failure?.message ?? null;
    const applied = await applyClients(run, version, clients, obstacle);
    const isHindered = applied.assignments.clients.some(
        ({ reason }) => reason !== '' && reason === obstacle,
    );
    if (failure !== null && isHindered) {
        throw failure;
    }
    return reportOf(version, applied);
}

async function tearDown(run: RunCommand): Promise<Report> {
    return reportOf(null, await applyClients(run, null, []));
}

function asWriteFailure(error: unknown): AgentFailure {
    if (isErrno(error)) {
        const message = `cannot write below /run: ${error.code}`;
        return new AgentFailure('apply', message);
    }
    throw error;
}

function requireFit({ tinyproxy, noEntry }: Fitness): TinyproxyVersion {
    if (noEntry !== null) {
        throw new AgentFailure('unfit', noEntry);
    }
    if (!tinyproxy.ok) {
        throw new AgentFailure('unfit', tinyproxy.error);
    }
    return tinyproxy.value;
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
    run: RunCommand,
    tinyproxy: TinyproxyVersion | null,
    clients: DesiredState['clients'],
    obstacle: string | null = null,
): Promise<Applied> {
    const deps = {
        observe: () => observe(run),
        execute: (step: Step) => execute({ run, tinyproxy }, step),
    };
    return apply(deps, clients, obstacle);
}

function parse<Schema extends v.GenericSchema>(
    schema: Schema,
    untrusted_bytes: Buffer,
): v.InferOutput<Schema> {
    const result = decode(schema, untrusted_bytes, limits.requestBytes);
    if (!result.ok) {
        throw new AgentFailure('request', `the request: ${result.error}`);
    }
    return result.value;
}

function expectNothing(untrusted_bytes: Buffer): void {
    if (untrusted_bytes.length > 0) {
        throw new AgentFailure('request', 'this verb takes no input');
    }
}
