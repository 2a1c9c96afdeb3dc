// Asks a ProxyVM what it counted of the clients whose rules are counted.
import type { QubeName } from '../shared/domain/qube-name.ts';
import type { ClientRequests, Requests } from '../shared/protocol/requests.ts';
import type { Result } from '../shared/result.ts';
import type { CallFailure } from './core/agent-answer.ts';
import {
    type Asked,
    type Counters,
    countersOf,
} from './core/usage/counters.ts';
import type { Client } from './core/usage/usage-of-files.ts';
import type { Deps } from './deps.ts';
import type { View } from './view.ts';

/** What a ProxyVM told. */
export interface Heard {
    readonly counters: ReadonlyMap<Client, Counters>;
    /** Why it did not tell. */
    readonly failure: CallFailure | null;
    /** Clients of which uses may be missing in the counters. */
    readonly missing: readonly Client[];
}

interface Answer {
    readonly asked: Asked;
    readonly result: Result<Requests, CallFailure>;
}

/** Asks one that runs. */
export async function askForUsage(
    deps: Deps,
    { moment }: View,
    clients: readonly Client[],
    proxyvm: QubeName,
): Promise<Heard> {
    const answer = await askOne(deps, proxyvm, moment.boot);
    if (!answer.result.ok) {
        return notHeard(clients, proxyvm, answer.result.error);
    }
    const { value } = answer.result;
    const counters = new Map<Client, Counters>();
    const missing: Client[] = [];
    for (const client of countedOf(clients, proxyvm)) {
        const said = saidOf(value, client);
        if (mayMiss(said)) {
            missing.push(client);
        }
        const found = said && countersIn(client, said, answer.asked);
        if (found) {
            counters.set(client, found);
        }
    }
    return { counters, failure: null, missing };
}

/** What is known when it did not tell. */
export function notHeard(
    clients: readonly Client[],
    proxyvm: QubeName,
    failure: CallFailure,
): Heard {
    const missing = countedOf(clients, proxyvm);
    return { counters: new Map(), failure, missing };
}

function countedOf(clients: readonly Client[], proxyvm: QubeName): Client[] {
    return clients.filter(
        ({ isCounted, qube }) => isCounted && qube.netvm === proxyvm,
    );
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
    { clients }: Requests,
    { qube }: Client,
): ClientRequests | undefined {
    return clients.find(({ uuid }) => uuid === qube.uuid);
}

/** One that it does not know has no proxy there, and so uses nothing. */
function mayMiss(said: ClientRequests | undefined): boolean {
    const recording = said?.recording ?? null;
    return recording !== null && recording !== 'all';
}

function countersIn(
    { rules }: Client,
    said: ClientRequests,
    asked: Asked,
): Counters | null {
    return rules === null ? null : countersOf(said, rules.default, asked);
}
