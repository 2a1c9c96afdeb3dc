// What the agent says back. The answer carries outcome and error in itself:
// qrexec's exit codes above 99 are its own, and a service on a socket has
// neither exit code nor stderr. Everything in it is from the ProxyVM, and so
// as hostile as the ProxyVM.
import * as v from 'valibot';
import { protocolVersion } from './desired-state.ts';
import { limits } from './limits.ts';
import { boundedText, counter, port, qubeName, uuid } from './schema.ts';
import { timings } from './timings.ts';

/** The arguments of the service, e.g. `qubes.FilterProxy+apply`. */
export const verbs = ['apply', 'plan', 'status', 'stop'] as const;
export type Verb = (typeof verbs)[number];

/** Says what a failure was; names are API and never change their meaning. */
export const errorCodes = [
    /** The caller is not whom this ProxyVM obeys. */
    'denied',
    /** The request is malformed, or asks for what this agent cannot do. */
    'request',
    /** A newer document was accepted before. */
    'stale',
    /** Another call held the lock for too long. */
    'busy',
    /** Something is missing in the ProxyVM, or too old. */
    'unfit',
    /** A step failed; what is in force is in the report. */
    'apply',
    /** A bug of the agent. */
    'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

const clientReport = v.strictObject({
    name: qubeName,
    uuid,
    /**
     * Served: its gateway's port 8100 leads to a proxy with its filter.
     * Held: to one with the filter that was in force before. Closed: it
     * leads nowhere.
     */
    state: v.picklist(['served', 'held', 'closed']),
    /** Why it is held or closed; empty when served. */
    reason: boundedText,
    /** The port of the proxy that serves it. */
    port: v.nullable(port),
    rules: counter,
    /** Older proxies that only finish connections of before a change. */
    draining: counter,
    /** Those among them that let through what its rules do not any more. */
    wider: counter,
});

/** Also of clients that are not in the document any more. */
const endedReport = v.strictObject({
    name: qubeName,
    uuid,
    /** Connections from this client to its proxies that were ended. */
    connections: counter,
});

const report = v.strictObject({
    agent: boundedText,
    tinyproxy: boundedText,
    /** What was done, or would be: a sentence each. */
    steps: v.pipe(v.array(boundedText), v.maxLength(limits.steps)),
    clients: v.pipe(v.array(clientReport), v.maxLength(limits.clients)),
    /** Whose open connections this call ended; empty if it ended none. */
    ended: v.pipe(v.array(endedReport), v.maxLength(limits.endedClients)),
});

/** What every answer has, whichever verb it is to. */
export const answerHead = {
    service: v.literal('qubes.FilterProxy'),
    version: v.literal(protocolVersion),
    error: v.nullable(
        v.strictObject({ code: v.picklist(errorCodes), message: boundedText }),
    ),
    timings: v.optional(timings),
};

export const answer = v.strictObject({
    ...answerHead,
    /** Null when the call failed before anything was looked at. */
    report: v.nullable(report),
});

export type AnswerHead = Pick<Answer, keyof typeof answerHead>;
export type Answer = v.InferOutput<typeof answer>;
export type Report = v.InferOutput<typeof report>;
export type ClientReport = v.InferOutput<typeof clientReport>;
export type EndedReport = v.InferOutput<typeof endedReport>;
