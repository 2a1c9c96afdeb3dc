// Asks ProxyVMs what they counted of the clients whose rules are counted.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { ClientRequests, Requests } from '../shared/protocol/requests.ts';
import type { Result } from '../shared/result.ts';
import { walkOver } from './ask.ts';
import type { CallFailure } from './core/agent-answer.ts';
import { isRunning } from './core/qube.ts';
import {
    type Asked,
    type Counters,
    countersOf,
} from './core/usage/counters.ts';
import type { Client } from './core/usage/usage-of-files.ts';
import type { Deps } from './deps.ts';
import type { View } from './view.ts';

/** What ProxyVMs told. */
export interface Heard {
    readonly counters: ReadonlyMap<Client, Counters>;
    /** Those that did not tell. */
    readonly failures: ReadonlyMap<QubeName, CallFailure>;
    /** Whether uses of that client may be missing in the counters. */
    readonly isMissing: (client: Client) => boolean;
}

interface Answer {
    readonly asked: Asked;
    readonly result: Result<Requests, CallFailure>;
}

/** Asks those of them that run. */
export async function askForUsage(
    deps: Deps,
    { system, moment }: View,
    clients: readonly Client[],
    proxyvms: readonly QubeName[],
): Promise<Heard> {
    const running = proxyvms.filter((name) => isRunning(system, name));
    const answers = await walkOver(deps, 'asking', running, (proxyvm) =>
        askOne(deps, proxyvm, moment.boot),
    );
    const byProxyvm = new Map(
        running.map((proxyvm, index) => [proxyvm, answers[index]]),
    );
    const counters = new Map<Client, Counters>();
    const missing = new Set<Client>();
    for (const client of clients.filter(({ isCounted }) => isCounted)) {
        const { netvm } = client.qube;
        const answer = netvm === null ? undefined : byProxyvm.get(netvm);
        const said = answer && saidOf(answer, client);
        if (answer !== undefined && mayMiss(answer, said)) {
            missing.add(client);
        }
        const found = answer && said && countersIn(client, said, answer);
        if (found) {
            counters.set(client, found);
        }
    }
    return {
        counters,
        failures: failuresIn(byProxyvm),
        isMissing: (client) => missing.has(client),
    };
}

async function askOne(
    deps: Deps,
    proxyvm: QubeName,
    boot: string,
): Promise<Answer> {
    const { from } = askedNow(deps, boot);
    const result = await deps.askRequests(proxyvm, null);
    return { asked: { ...askedNow(deps, boot), from }, result };
}

/** As if it had taken no time. */
export function askedNow(
    { now, monotonicMs }: Pick<Deps, 'now' | 'monotonicMs'>,
    boot: string,
): Asked {
    const seconds = monotonicMs() / 1000;
    return {
        boot,
        from: Math.floor(seconds),
        to: Math.ceil(seconds),
        now: Math.floor(now().getTime() / 1000),
    };
}

function saidOf(
    { result }: Answer,
    { qube }: Client,
): ClientRequests | undefined {
    return result.ok
        ? result.value.clients.find(({ uuid }) => uuid === qube.uuid)
        : undefined;
}

/** One that it does not know has no proxy there, and so uses nothing. */
function mayMiss(
    { result }: Answer,
    said: ClientRequests | undefined,
): boolean {
    const recording = said?.recording ?? null;
    return !result.ok || (recording !== null && recording !== 'all');
}

function countersIn(
    { rules }: Client,
    said: ClientRequests,
    answer: Answer,
): Counters | null {
    return rules === null
        ? null
        : countersOf(said, rules.default, answer.asked);
}

function failuresIn(
    answers: ReadonlyMap<QubeName, Answer | undefined>,
): Map<QubeName, CallFailure> {
    const failures = new Map<QubeName, CallFailure>();
    for (const [proxyvm, answer] of answers) {
        if (answer?.result.ok === false) {
            failures.set(proxyvm, answer.result.error);
        }
    }
    return failures;
}
