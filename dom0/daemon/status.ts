// Keeps written what the daemon lets be known: the newest, not every one.
import type { DaemonState, Pending } from '../core/daemon-state.ts';
import type { Deps } from '../deps.ts';
import { Failure } from '../failure.ts';
import type { Journal } from './journal.ts';

interface Sources {
    readonly pid: number;
    readonly pending: () => readonly Pending[];
}

export class Status {
    private isListening = false;
    private isWriting = false;
    private isStale = false;

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
        this.isStale = true;
        if (!this.isWriting) {
            this.isWriting = true;
            void this.write();
        }
    }

    /** Without it the work goes on; the next change tries again. */
    private async write(): Promise<void> {
        while (this.isStale) {
            this.isStale = false;
            try {
                await this.store.write(this.state());
            } catch (error) {
                if (!(error instanceof Failure)) {
                    throw error;
                }
                this.journal.trouble(error.message);
            }
        }
        this.isWriting = false;
    }

    private state(): DaemonState {
        const { pid, pending } = this.sources;
        return { pid, isListening: this.isListening, pending: [...pending()] };
    }
}
