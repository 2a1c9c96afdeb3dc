// A call of the service that goes on: it says what was seen of requests so far,
// and then whatever comes.
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
    ClientRequests,
    RequestsAnswer,
} from '../shared/protocol/requests.ts';
import { inFollowPlace } from './apply/follow-place.ts';
import {
    into,
    mostQuestionBytes,
    type Programs,
    parseQuestion,
    requestsAnswerOf,
    requestsFailed,
} from './call-requests.ts';
import { JournalRequests } from './core/requests/journal-requests.ts';
import { Told } from './core/requests/told.ts';
import { readJournal } from './observe/journal.ts';
import { readTenures } from './observe/tenures.ts';
import { fileCaches, seenRequests, seeUse } from './seen-requests.ts';

/** Milliseconds. */
const pace = { answers: 200, use: 2000, keepAlive: 10_000 };

/** Resolves when there is room for more, or `signal` says that it is over. */
type Write = (answer: RequestsAnswer, signal: AbortSignal) => Promise<void>;

/**
 * Answers whenever something has changed, until `stdin` ends: then whoever
 * asked is gone, or has seen enough.
 */
export async function followRequests(
    programs: Programs,
    stdin: Readable,
    write: Write,
): Promise<void> {
    const end = new AbortController();
    const stop = () => end.abort();
    try {
        const sinceSeconds = parseQuestion(await firstLine(stdin));
        stdin.once('end', stop).once('close', stop).resume();
        const { signal } = end;
        await inFollowPlace(programs.run, async () => {
            const { journalEnd, see } = sourcesOf(
                programs,
                sinceSeconds,
                signal,
            );
            await Promise.all([journalEnd, tellChanges(see, write, signal)]);
        });
    } catch (error) {
        stop();
        await write(requestsFailed(error), end.signal);
    }
}

/** What is seen at any time while the journal is followed. */
function sourcesOf(
    { run, stream }: Programs,
    sinceSeconds: number | null,
    signal: AbortSignal,
) {
    let tenures = readTenures();
    let useAt = performance.now();
    let use = seeUse(run);
    const files = fileCaches();
    const journal = new JournalRequests(() => tenures);
    const onLine = into(journal);
    return {
        journalEnd: readJournal({ stream, isFollowed: true, signal, onLine }),
        see: async () => {
            tenures = readTenures();
            if (performance.now() - useAt >= pace.use) {
                useAt = performance.now();
                use = seeUse(run);
            }
            const sources = {
                journal,
                tenures,
                use: await use,
                files,
            };
            return seenRequests(sources, sinceSeconds);
        },
    };
}

async function tellChanges(
    see: () => Promise<ClientRequests[]>,
    write: Write,
    signal: AbortSignal,
): Promise<void> {
    const told = new Told();
    let toldAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
        await sleep(pace.answers);
        const changed = told.changesOf(await see());
        const now = performance.now();
        if (changed.length > 0 || now - toldAt >= pace.keepAlive) {
            await write(requestsAnswerOf(changed), signal);
            toldAt = now;
        }
    }
}

async function firstLine(stdin: Readable): Promise<Buffer> {
    let bytes = Buffer.alloc(0);
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.includes(10) || bytes.length > mostQuestionBytes) {
            break;
        }
    }
    return bytes;
}
