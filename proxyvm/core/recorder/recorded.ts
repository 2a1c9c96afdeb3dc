// What the recorder leaves of a client's requests, and what the agent tells
// the recorder of a proxy whose requests it is to keep. Both lie under /run:
// see paths.ts.
import * as v from 'valibot';
import {
    counter,
    port,
    qubeName,
    shownHost,
    uuid,
} from '../../../shared/protocol/schema.ts';
import { keptFilter } from '../proxy-record.ts';

/** What is kept of one client at most; the longest unseen goes first. */
export const mostKept = {
    entries: 2000,
    /** Characters of all its hosts: names are seldom longer than thirty. */
    hostCharacters: 64 * 1024,
    /** Logs: of the proxy that serves it and of older ones that drain. */
    positions: 32,
} as const;

/** Bytes of such a file: each entry has some 120 beside its host. */
export const mostRecordedBytes = 1024 * 1024;

/** Seconds of CLOCK_MONOTONIC, the clock of process.hrtime(). */
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));

const entry = v.strictObject({
    host: v.pipe(v.string(), v.regex(shownHost)),
    /** Null where the log says none. */
    port: v.nullable(port),
    /** What became of it, as far as the proxy decides. */
    outcome: v.picklist(['allowed', 'filter', 'port']),
    count: counter,
    first: seconds,
    last: seconds,
});

/** How far a proxy's log has been counted: each line counts once. */
const position = v.strictObject({
    /** The number of the file, of which there is no second one in a boot. */
    inode: counter,
    /** Bytes from its start. */
    offset: counter,
});

/**
 * The file RECORDED/CLIENT.json, whole at any time; longest unseen entries
 * first. It is of a process that reads what a client wrote, so whoever reads it
 * parses it with this.
 */
export const recordedRequests = v.strictObject({
    /** The client's name when the recorder began with it, this time. */
    name: qubeName,
    /** Another one when counting began anew. */
    since: uuid,
    entries: v.pipe(v.array(entry), v.maxLength(mostKept.entries)),
    /** Requests that are in no entry: too many hosts, or odd ones. */
    unnamed: counter,
    /** Whether some proxy stopped telling, as its log was not read in time. */
    isIncomplete: v.boolean(),
    positions: v.pipe(v.array(position), v.maxLength(mostKept.positions)),
});

/**
 * Bytes that a proxy may write ahead of the recorder: some ten thousand
 * requests, which is two seconds of a flood.
 */
export const logBytes = 8 * 1024 * 1024;

/** Bytes of the other file. */
export const mostRecordedProxyBytes = 64 * 1024;

/** The file LOGS/USER-ID.json, by which the recorder knows of a log. */
export const recordedProxy = v.strictObject({
    /** Whose requests they are. */
    client: uuid,
    name: qubeName,
    connectPorts: v.array(port),
    upstreams: keptFilter.entries.upstreams,
});

export type RecordedEntry = v.InferOutput<typeof entry>;
export type RecordedRequests = v.InferOutput<typeof recordedRequests>;
export type RecordedProxy = v.InferOutput<typeof recordedProxy>;
