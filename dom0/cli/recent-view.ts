import type { Deps } from '../deps.ts';
import { look, type View } from '../view.ts';

/** What dom0 knows, read again from time to time. */
export class RecentView {
    readonly #deps: Deps;
    #view: View;
    #readAt: number;
    #reading: Promise<View> | null = null;

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
