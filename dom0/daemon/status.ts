// Keeps written what the daemon lets be known: the newest, not every one.
import type { DaemonState, Pending } from '../core/daemon-state.ts';
import type { Deps } from '../deps.ts';
import type { Journal } from './journal.ts';
import { Repeated } from './repeated.ts';
import { troubleOf } from './trouble-of.ts';

interface Sources {
    readonly pid: number;
    readonly pending: () => readonly Pending[];
}

export class Status {
    private isListening = false;
    private readonly writing = new Repeated(() => this.write());

    private readonly store: Deps['daemon'];
    private readonly journal: Journal;
    private readonly sources: Sources;

    constructor(store: Deps['daemon'], journal: Journal, sources: Sources) {
        this.store = store;
        this.journal = journal;
        this.sources = sources;
    }

    listens(isListening: boolean): void {
        this.isListening = isListening;
        this.changed();
    }

    /** Something else is pending, or nothing is. */
    changed(): void {
        this.writing.want();
    }

    /** Without it the work goes on; the next change tries again. */
    private async write(): Promise<void> {
        const trouble = await troubleOf(this.store.write(this.state()));
        if (trouble !== null) {
            this.journal.trouble(trouble);
        }
    }

    private state(): DaemonState {
        const { pid, pending } = this.sources;
        return { pid, isListening: this.isListening, pending: [...pending()] };
    }
}
