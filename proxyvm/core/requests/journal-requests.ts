// What the journal says of requests that were refused, by client: bounded,
// whatever is in it.
import type { Uuid } from '../../../shared/domain/uuid.ts';
import type { ProxyUid } from '../proxy-uid.ts';
import { type Counts, count, countsOf } from '../recorder/count-requests.ts';
import type { JournalLine } from './journal-line.ts';
import { holderAt, type Tenure } from './tenures.ts';

/** Starts of proxies that are remembered; of older ones a line counts anew. */
const mostInvocations = 5000;

export class JournalRequests {
    readonly #tenures: () => readonly Tenure[];
    /** Whose a start of a proxy was; null if nobody knows. */
    readonly #holders = new Map<string, Uuid | null>();
    readonly clients = new Map<Uuid, Counts>();

    /** `tenures`: those of now, since more are added while it goes on. */
    constructor(tenures: () => readonly Tenure[]) {
        this.#tenures = tenures;
    }

    /** In the order of the journal. */
    take(line: JournalLine): void {
        if (line.kind === 'dropped') {
            const { uid, seconds, lines } = line;
            const holder = holderAt(this.#tenures(), uid, seconds);
            if (holder !== null) {
                this.#countsOf(holder.client).unnamed += lines;
            }
            return;
        }
        const { uid, invocation, seconds, refused } = line;
        const holder = this.#holderOf(uid, invocation, seconds);
        if (refused !== null && holder !== null) {
            const seen = { ...refused, outcome: 'filter' } as const;
            count(this.#countsOf(holder), seen, seconds);
        }
    }

    #countsOf(client: Uuid): Counts {
        const counts =
            this.clients.get(client) ?? countsOf({ entries: [], unnamed: 0 });
        this.clients.set(client, counts);
        return counts;
    }

    /**
     * By the first line of its start: a line may come to journald when the
     * user id has been given to another client.
     */
    #holderOf(uid: ProxyUid, invocation: string, seconds: number): Uuid | null {
        const known = this.#holders.get(invocation);
        if (known !== undefined) {
            return known;
        }
        const holder = holderAt(this.#tenures(), uid, seconds)?.client ?? null;
        if (this.#holders.size >= mostInvocations) {
            this.#holders.clear();
        }
        this.#holders.set(invocation, holder);
        return holder;
    }
}
