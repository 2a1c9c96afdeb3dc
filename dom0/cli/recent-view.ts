import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import type { Requests } from '../../shared/protocol/requests.ts';
import { uuidsIn } from '../core/qube.ts';
import { Newcomers } from '../core/requests/newcomers.ts';
import type { Deps } from '../deps.ts';
import { look, type View } from '../view.ts';

/** Milliseconds for which it is good enough if nothing new is told. */
export const freshMs = 10_000;

/** What dom0 knows, read again from time to time. */
export class RecentView {
    readonly #deps: Deps;
    #view: View;
    #readAt: number;
    #reading: Promise<View> | null = null;
    readonly #newcomers = new Newcomers();

    constructor(deps: Deps, view: View) {
        this.#deps = deps;
        this.#view = view;
        this.#readAt = deps.monotonicMs();
    }

    get last(): View {
        return this.#view;
    }

    /** Not older than that, in milliseconds. */
    async within(age: number): Promise<View> {
        if (this.#deps.monotonicMs() - this.#readAt <= age) {
            return this.#view;
        }
        this.#reading ??= this.#read();
        return this.#reading;
    }

    /** With the clients that a ProxyVM tells of, as far as they are there. */
    async withClients(proxyvm: QubeName, { clients }: Requests): Promise<View> {
        const view = await this.within(freshMs);
        const uuids = clients.map(({ uuid }) => uuid);
        const unknown = unknownTo(view, uuids);
        const now = this.#deps.monotonicMs();
        if (!this.#newcomers.areWorthALook(proxyvm, unknown, now)) {
            return view;
        }
        try {
            return await this.within(0);
        } finally {
            const missing = unknownTo(this.#view, uuids);
            this.#newcomers.noteLook(proxyvm, missing, now);
        }
    }

    async #read(): Promise<View> {
        try {
            this.#view = await look(this.#deps);
            return this.#view;
        } finally {
            // Also if it failed: the next try is as long off.
            this.#readAt = this.#deps.monotonicMs();
            this.#reading = null;
        }
    }
}

function unknownTo({ system }: View, uuids: readonly Uuid[]): Uuid[] {
    const known = uuidsIn(system);
    return uuids.filter((uuid) => !known.has(uuid));
}
