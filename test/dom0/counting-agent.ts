// An agent that counts requests, as far as dom0 hears of it.
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import type {
    ClientRequests,
    RequestEntry,
} from '../../shared/protocol/requests.ts';
import { type FakeAgent, obedientAgent } from './fake-agent.ts';
import { outcome } from './outcome.ts';
import { nameOf, uuidFor } from './rules.ts';

export interface CountingAgent {
    readonly agent: FakeAgent;
    /** What it says when it is asked next; may be changed. */
    clients: ClientRequests[];
    /** Instead of that, once it is set. */
    answer: CommandOutcome | null;
    /** How often it was asked for requests. */
    asked: number;
}

/** One that serves as it is told, and has counted that. */
export function countingAgent(
    clients: readonly ClientRequests[] = [],
): CountingAgent {
    const { agent } = obedientAgent();
    const counting: CountingAgent = {
        clients: [...clients],
        answer: null,
        asked: 0,
        agent: (verb, input) => {
            if (String(verb) !== 'requests') {
                return agent(verb, input);
            }
            counting.asked += 1;
            const requests = { clients: counting.clients };
            const head = { service: 'qubes.FilterProxy', version: 1 };
            const whole = { ...head, error: null, requests };
            return (
                counting.answer ?? outcome({ stdout: JSON.stringify(whole) })
            );
        },
    };
    return counting;
}

/** Counters of a qube: hosts, and how often each was let through. */
export function counted(
    qube: string,
    counts: Readonly<Record<string, number>>,
    differences: Partial<RequestEntry> = {},
    since = 'counters',
): ClientRequests {
    return {
        uuid: uuidFor(qube),
        name: nameOf(qube),
        recording: 'all',
        since: uuidFor(since),
        entries: Object.entries(counts).map(([host, count]) => ({
            host,
            port: 443,
            outcome: 'allowed',
            count,
            firstAgo: 600,
            lastAgo: 60,
            ...differences,
        })),
        unnamed: 0,
    };
}
