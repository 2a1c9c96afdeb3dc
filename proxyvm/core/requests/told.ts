// What was told of requests, so that only what has changed is told again.
import type { Uuid } from '../../../shared/domain/uuid.ts';
import type { ClientRequests } from '../../../shared/protocol/requests.ts';
import { keyOf } from '../recorder/count-requests.ts';

interface ToldOfClient {
    /** All but its entries. */
    readonly head: string;
    readonly counts: ReadonlyMap<string, number>;
}

const nothing: ToldOfClient = { head: '', counts: new Map() };

export class Told {
    readonly #told = new Map<Uuid, ToldOfClient>();

    /** Clients and entries that have changed, all of them at first. */
    changesOf(clients: readonly ClientRequests[]): ClientRequests[] {
        return clients.flatMap((client) => {
            const { entries, ...head } = client;
            const before = this.#told.get(client.uuid) ?? nothing;
            const now = {
                head: JSON.stringify(head),
                counts: new Map(
                    entries.map((each) => [keyOf(each), each.count]),
                ),
            };
            this.#told.set(client.uuid, now);
            const changed = entries.filter(
                (each) => before.counts.get(keyOf(each)) !== each.count,
            );
            return changed.length > 0 || before.head !== now.head
                ? [{ ...head, entries: changed }]
                : [];
        });
    }
}
