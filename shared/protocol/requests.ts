// What a ProxyVM says of the requests of its clients, and how it is asked. No
// clock is shared: times are seconds before the answer.
import * as v from 'valibot';
import { answerHead } from './answer.ts';
import { protocolVersion } from './desired-state.ts';
import { limits } from './limits.ts';
import { counter, port, qubeName, record, shownHost, uuid } from './schema.ts';

/** Which verbs answer so: once, or again whenever something has changed. */
export const requestVerbs = ['requests', 'follow'] as const;
export type RequestVerb = (typeof requestVerbs)[number];

/** What both take; `follow` as one line, and its input stays open. */
export const requestsRequest = v.strictObject({
    version: v.literal(protocolVersion),
    /** What was last seen before that is left out; null: nothing is. */
    sinceSeconds: v.nullable(counter),
});

const entry = v.strictObject({
    /** As it was asked for, in lower case; for `destination` the address. */
    host: v.pipe(v.string(), v.regex(shownHost, 'no host')),
    /** Null where the ProxyVM does not know it. */
    port: v.nullable(port),
    /**
     * Refused by the filter, for the port that CONNECT named, or since the
     * host's address is none that a proxy may connect to.
     */
    outcome: v.picklist(['allowed', 'filter', 'port', 'destination']),
    count: counter,
    firstAgo: counter,
    lastAgo: counter,
});

const client = v.strictObject({
    uuid,
    name: qubeName,
    /** What is recorded now; null without a proxy. */
    recording: v.nullable(record),
    /** Another one when all was counted anew; null: `allowed` is not counted. */
    since: v.nullable(uuid),
    entries: v.pipe(v.array(entry), v.maxLength(limits.requestEntries)),
    /** Requests that are in no entry: odd hosts, or too many of them. */
    unnamed: counter,
});

export const requestsAnswer = v.strictObject({
    ...answerHead,
    requests: v.nullable(
        v.strictObject({
            clients: v.pipe(v.array(client), v.maxLength(limits.clients)),
        }),
    ),
});

export type RequestsAnswer = v.InferOutput<typeof requestsAnswer>;
export type Requests = NonNullable<
    v.InferOutput<typeof requestsAnswer>['requests']
>;
export type ClientRequests = Requests['clients'][number];
export type RequestEntry = ClientRequests['entries'][number];
