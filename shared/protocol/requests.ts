// What a ProxyVM says of the requests of its clients.
import * as v from 'valibot';
import { errorCodes } from './answer.ts';
import { protocolVersion } from './desired-state.ts';
import { limits } from './limits.ts';
import { boundedText, counter, port, qubeName, uuid } from './schema.ts';

const entry = v.strictObject({
    host: v.pipe(v.string(), v.regex(/^[a-z0-9._:-]{1,253}$/, 'no host')),
    port: v.nullable(port),
    outcome: v.picklist(['allowed', 'filter', 'port', 'destination']),
    count: counter,
    firstAgo: counter,
    lastAgo: counter,
});

const client = v.strictObject({
    uuid,
    name: qubeName,
    recording: v.nullable(v.picklist(['refused', 'nothing', 'all'])),
    since: v.nullable(uuid),
    entries: v.pipe(v.array(entry), v.maxLength(2000)),
    unnamed: counter,
});

export const requestsAnswer = v.strictObject({
    service: v.literal('qubes.FilterProxy'),
    version: v.literal(protocolVersion),
    error: v.nullable(
        v.strictObject({ code: v.picklist(errorCodes), message: boundedText }),
    ),
    requests: v.nullable(
        v.strictObject({
            clients: v.pipe(v.array(client), v.maxLength(limits.clients)),
        }),
    ),
});

export type Requests = NonNullable<
    v.InferOutput<typeof requestsAnswer>['requests']
>;
export type ClientRequests = Requests['clients'][number];
export type RequestEntry = ClientRequests['entries'][number];
