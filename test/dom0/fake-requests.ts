// What agents say of requests, as far as dom0 sees it.
import type { Streams } from '../../dom0/cli/run.ts';
import type {
    StreamCommand,
    StreamEnd,
} from '../../shared/io/stream-command.ts';
import type { Verb } from '../../shared/protocol/answer.ts';
import { err } from '../../shared/result.ts';
import { type FakeAgent, obedientAgent } from './fake-agent.ts';
import { uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

export interface FakeEntry {
    readonly host: string;
    readonly port?: number | null;
    readonly outcome?: 'allowed' | 'filter' | 'port' | 'destination';
    readonly count?: number;
    readonly firstAgo?: number;
    readonly lastAgo?: number;
}

export interface FakeClient {
    readonly name: string;
    readonly uuid?: string;
    readonly recording?: 'refused' | 'nothing' | 'all' | null;
    readonly unnamed?: number;
    readonly entries?: readonly FakeEntry[];
}

/** An answer to `requests`, or a line of `follow`. */
export function requestsText(clients: readonly FakeClient[]): string {
    return JSON.stringify({
        service: 'qubes.FilterProxy',
        version: 1,
        error: null,
        requests: { clients: clients.map(filled) },
    });
}

function filled({ name, entries = [], ...rest }: FakeClient) {
    return {
        uuid: uuidOf(name),
        recording: 'refused',
        since: null,
        unnamed: 0,
        ...rest,
        name,
        entries: entries.map(({ host, ...entry }) => ({
            port: null,
            outcome: 'filter',
            count: 1,
            firstAgo: 60,
            lastAgo: 60,
            ...entry,
            host,
        })),
    };
}

/** An error as an agent of before answers it. */
export function oldAnswer(code: string): string {
    return JSON.stringify({
        service: 'qubes.FilterProxy',
        version: 1,
        error: { code, message: 'no such verb' },
        report: null,
    });
}

/** Tells of those, and does whatever else it is told. */
export function tellingAgent(
    clients: readonly FakeClient[] | string,
    told: string[] = [],
): FakeAgent {
    const { agent } = obedientAgent();
    return (verb, input) => {
        if ((verb as Verb | 'requests') !== 'requests') {
            return agent(verb, input);
        }
        told.push(input);
        return outcome({
            stdout:
                typeof clients === 'string' ? clients : requestsText(clients),
        });
    };
}

/** What a call of `follow` brings, one after the other. */
export type FakeCall = readonly (string | StreamEnd | Promise<unknown>)[];

/**
 * By ProxyVM: what one call after the other brings. A promise is waited for;
 * what has no end goes on until it is aborted.
 */
export function fakeStream(
    calls: Readonly<Record<string, readonly FakeCall[]>>,
): StreamCommand {
    const left = new Map(
        Object.entries(calls).map(([name, all]) => [name, [...all]]),
    );
    return async (file, args, { onLine, signal }) => {
        const [flag, proxyvm = '', call] = args;
        if (
            file !== 'qrexec-client' ||
            flag !== '-d' ||
            call !== 'root:QUBESRPC qubes.FilterProxy+follow dom0'
        ) {
            throw new Error(`unexpected: ${[file, ...args].join(' ')}`);
        }
        for (const each of left.get(proxyvm)?.shift() ?? []) {
            if (typeof each === 'string') {
                if (!(await onLine(Buffer.from(each)))) {
                    return { kind: 'enough' };
                }
            } else if (each instanceof Promise) {
                await each;
            } else {
                return each;
            }
        }
        return new Promise((resolve) => {
            const end = () => resolve({ kind: 'aborted' });
            signal.addEventListener('abort', end);
            if (signal.aborted) {
                end();
            }
        });
    };
}

export interface FakeStreams extends Streams {
    readonly output: { out: string; err: string };
    readonly interrupt: () => void;
}

/** A user who looks at a command that goes on. */
export function fakeStreams(): FakeStreams {
    const output = { out: '', err: '' };
    const controller = new AbortController();
    return {
        output,
        out: (text) => {
            output.out += text;
        },
        err: (text) => {
            output.err += text;
        },
        terminal: null,
        interrupted: () => controller.signal,
        beforeEnd: () => () => undefined,
        openScreen: () => err('it needs a terminal'),
        interrupt: () => controller.abort(),
    };
}
