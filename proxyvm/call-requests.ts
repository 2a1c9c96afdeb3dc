// One call of the service that asks for the requests of clients. It changes
// nothing and takes no lock.
import type { RunCommand } from '../shared/io/run-command.ts';
import type { StreamCommand } from '../shared/io/stream-command.ts';
import { decode } from '../shared/protocol/json.ts';
import {
    type ClientRequests,
    type RequestsAnswer,
    requestsRequest,
} from '../shared/protocol/requests.ts';
import { failed, succeeded } from './call.ts';
import { parseJournalLine } from './core/requests/journal-line.ts';
import { JournalRequests } from './core/requests/journal-requests.ts';
import { AgentFailure } from './failure.ts';
import { readJournal } from './observe/journal.ts';
import { readTenures } from './observe/tenures.ts';
import { fileCaches, seenRequests, seeUse } from './seen-requests.ts';

/** How programs are run. */
export interface Programs {
    readonly run: RunCommand;
    readonly stream: StreamCommand;
}

/** Bytes of a question. */
export const mostQuestionBytes = 1000;

export async function callRequests(
    { run, stream }: Programs,
    untrusted_bytes: Buffer,
): Promise<RequestsAnswer> {
    try {
        const sinceSeconds = parseQuestion(untrusted_bytes);
        const tenures = readTenures();
        const journal = new JournalRequests(() => tenures);
        const { signal } = new AbortController();
        const onLine = into(journal);
        await readJournal({ stream, isFollowed: false, signal, onLine });
        const use = await seeUse(run);
        const sources = { journal, tenures, use, files: fileCaches() };
        return requestsAnswerOf(seenRequests(sources, sinceSeconds));
    } catch (error) {
        return requestsFailed(error);
    }
}

/** Takes in what the journal says. */
export function into(
    journal: JournalRequests,
): (untrusted_line: Buffer) => void {
    return (untrusted_line) => {
        const line = parseJournalLine(untrusted_line);
        if (line !== null) {
            journal.take(line);
        }
    };
}

/** How far back it asks, in seconds; null: as far as anything is known. */
export function parseQuestion(untrusted_bytes: Buffer): number | null {
    const request = decode(requestsRequest, untrusted_bytes, mostQuestionBytes);
    if (!request.ok) {
        throw new AgentFailure('request', `the request: ${request.error}`);
    }
    return request.value.sinceSeconds;
}

export function requestsAnswerOf(clients: ClientRequests[]): RequestsAnswer {
    return { ...succeeded, requests: { clients } };
}

/** The answer to a call that failed. */
export function requestsFailed(error: unknown): RequestsAnswer {
    return { ...failed(error), requests: null };
}
