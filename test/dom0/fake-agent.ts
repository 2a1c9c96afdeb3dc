// An agent as far as dom0 sees it: documents in, answers out.

import { isWithin } from '../../proxyvm/core/proxy-record.ts';
import type { Ip4 } from '../../shared/domain/address.ts';
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import type { Answer, Verb } from '../../shared/protocol/answer.ts';
import {
    type DesiredState,
    desiredState,
} from '../../shared/protocol/desired-state.ts';
import type {
    Examination,
    ExamineAnswer,
} from '../../shared/protocol/examination.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { outcome } from './outcome.ts';

/** What a ProxyVM does with a call of its agent. */
export type FakeAgent = (verb: Verb, input: string) => CommandOutcome;

export interface ObedientAgent {
    readonly agent: FakeAgent;
    /** The documents that it applied, in order. */
    readonly applied: DesiredState[];
}

/** One that does all it is told, and keeps what it has for null filters. */
export function obedientAgent(): ObedientAgent {
    const applied: DesiredState[] = [];
    let clients: DesiredState['clients'] = [];
    const agent: FakeAgent = (verb, input) => {
        if ((verb as string) === 'requests') {
            return outcome({ stdout: noRequests });
        }
        if ((verb as string) === 'examine') {
            return examined({ proxies: proxiesOf(clients) });
        }
        if (verb === 'status') {
            return answers(clients, []);
        }
        const bytes = Buffer.from(input);
        const document = decode(desiredState, bytes, limits.requestBytes);
        if (!document.ok) {
            throw new Error(`dom0 sent a bad document: ${document.error}`);
        }
        const next = document.value.clients.map((client) => ({
            ...client,
            filter:
                client.filter ??
                clients.find(({ uuid }) => uuid === client.uuid)?.filter ??
                null,
        }));
        const steps = next.map(({ name }) => `serve ${name}`);
        const narrowed = clients.filter((before) => isNarrowed(before, next));
        if (verb === 'apply') {
            applied.push(document.value);
            clients = next;
        }
        const ended = narrowed.filter(
            ({ uuid }) =>
                (next.find((client) => client.uuid === uuid)?.narrowing ??
                    'end') === 'end',
        );
        return answers(next, steps, {
            ended: verb === 'apply' ? ended : [],
            wider: narrowed.filter((client) => !ended.includes(client)),
        });
    };
    return { agent, applied };
}

const noRequests = JSON.stringify({
    service: 'qubes.FilterProxy',
    version: 1,
    error: null,
    requests: { clients: [] },
});

type Clients = DesiredState['clients'];

/** Each served client has so many connections open. */
const openConnections = 2;

/** Whether it reached what it does no more. */
function isNarrowed({ uuid, filter }: Clients[number], next: Clients): boolean {
    const after = next.find((client) => client.uuid === uuid)?.filter;
    return filter !== null && !(after && isWithin(filter, after));
}

/** One that serves nobody, for that reason. */
export function closingAgent(reason: string): FakeAgent {
    return (verb, input) => {
        const { clients } =
            verb === 'status'
                ? { clients: [] }
                : (JSON.parse(input) as DesiredState);
        const closed = clients.map((client) => ({ ...client, filter: null }));
        return answers(closed, [], { reason });
    };
}

interface Said {
    readonly reason?: string;
    /** Whose connections were ended. */
    readonly ended?: Clients;
    /** Whose connections go on by the rules of before. */
    readonly wider?: Clients;
}

function answers(
    clients: DesiredState['clients'],
    steps: string[],
    {
        reason = 'nothing is in force for it',
        ended = [],
        wider = [],
    }: Said = {},
): CommandOutcome {
    const answer: Answer = {
        service: 'qubes.FilterProxy',
        version: 1,
        error: null,
        report: {
            agent: '0.1.0',
            tinyproxy: '1.11.1',
            steps,
            clients: clients.map(({ name, uuid, filter }) => ({
                name,
                uuid,
                state: filter === null ? 'closed' : 'served',
                reason: filter === null ? reason : '',
                port: filter === null ? null : 20_001,
                rules: filter?.rules ?? 0,
                draining: 0,
                wider: wider.some((each) => each.uuid === uuid) ? 1 : 0,
            })),
            ended: ended.map(({ name, uuid }) => ({
                name,
                uuid,
                connections: openConnections,
            })),
        },
    };
    return outcome({ stdout: JSON.stringify(answer) });
}

/** A ProxyVM in which all is in order, but for that. */
export function examined(change: Partial<Examination>): CommandOutcome {
    const answer: ExamineAnswer = {
        service: 'qubes.FilterProxy',
        version: 1,
        error: null,
        examination: {
            agent: '0.1.0',
            tinyproxy: { version: '1.11.1', unfit: '' },
            table: 'ours',
            inputRules: { ip: 'ours', ip6: 'ours' },
            qubesFirewall: { isActive: true, ip: true, ip6: true },
            resolvers: [
                {
                    address: '10.139.1.1' as Ip4,
                    answers: true,
                    isPermitted: true,
                },
            ],
            proxies: [],
            ...change,
        },
    };
    return outcome({ stdout: JSON.stringify(answer) });
}

function proxiesOf(clients: Clients): Examination['proxies'] {
    return clients
        .filter(({ filter }) => filter !== null)
        .map(({ name, uuid }) => ({
            name,
            uuid,
            port: 20_001,
            isAlive: true,
            hasDoor: true,
        }));
}

/** A ProxyVM whose template lacks our package. */
export const noAgent: FakeAgent = () => outcome({ exitCode: 127 });
