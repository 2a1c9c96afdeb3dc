// Changes that were made by hand get into the history before the next one.
import type { Deps } from '../deps.ts';
import { Failure } from '../failure.ts';
import { recordEdits } from '../history.ts';
import type { Journal } from './journal.ts';

export class Edits {
    private isRunning = false;
    private isMarked = false;

    private readonly deps: Deps;
    private readonly journal: Journal;

    constructor(deps: Deps, journal: Journal) {
        this.deps = deps;
        this.journal = journal;
    }

    /** Files may have been changed: they are looked at, one look at a time. */
    mark(): void {
        this.isMarked = true;
        if (!this.isRunning) {
            this.isRunning = true;
            void this.recordWhileMarked();
        }
    }

    private async recordWhileMarked(): Promise<void> {
        while (this.isMarked) {
            this.isMarked = false;
            await this.record();
        }
        this.isRunning = false;
    }

    /** What cannot be recorded now is seen again by the next look. */
    private async record(): Promise<void> {
        try {
            await recordEdits(this.deps);
        } catch (error) {
            if (!(error instanceof Failure)) {
                throw error;
            }
            this.journal.history(error.message);
            return;
        }
        this.journal.history(null);
    }
}
