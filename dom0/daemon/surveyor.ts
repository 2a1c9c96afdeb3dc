// Looks again when something was heard, once for all that came meanwhile,
// and orders what it makes necessary.
import type { Deps } from '../deps.ts';
import { Failure } from '../failure.ts';
import { look } from '../view.ts';
import { type CallOff, type Clock, waitAfter } from './clock.ts';
import type { Expiries } from './expiries.ts';
import type { Jobs } from './jobs.ts';
import type { Journal } from './journal.ts';
import type { Learnings } from './learnings.ts';
import { addMarks, isMarked, type Marks, noMarks } from './marks.ts';
import { order } from './order.ts';
import type { Removals } from './removals.ts';
import type { Starts } from './starts.ts';
import type { Uses } from './uses.ts';

interface Parts {
    readonly deps: Deps;
    readonly clock: Clock;
    readonly jobs: Jobs;
    readonly starts: Starts;
    readonly removals: Removals;
    readonly expiries: Expiries;
    readonly learnings: Learnings;
    readonly uses: Uses;
    readonly journal: Journal;
}

export class Surveyor {
    private marks: Marks = noMarks;
    private isRunning = false;
    private failures = 0;
    private callOffRetry: CallOff | null = null;

    private readonly parts: Parts;

    constructor(parts: Parts) {
        this.parts = parts;
    }

    /** Something was heard: a look follows, at once or after this one. */
    mark(marks: Partial<Marks>): void {
        this.marks = addMarks(this.marks, marks);
        // However often it failed for what was heard before.
        this.failures = 0;
        this.begin();
    }

    private begin(): void {
        this.callOffRetry?.();
        this.callOffRetry = null;
        if (!this.isRunning) {
            this.isRunning = true;
            void this.lookWhileMarked();
        }
    }

    private async lookWhileMarked(): Promise<void> {
        while (isMarked(this.marks) && this.callOffRetry === null) {
            const marks = this.marks;
            this.marks = noMarks;
            try {
                await this.lookOnce(marks);
                this.failures = 0;
            } catch (error) {
                this.marks = addMarks(marks, this.marks);
                this.retryLater(error);
            }
        }
        this.isRunning = false;
    }

    private async lookOnce(marks: Marks): Promise<void> {
        const { deps, jobs, starts, removals, journal } = this.parts;
        await starts.store();
        await removals.setAsideGone();
        const view = await look(deps);
        removals.saw(view.system);
        this.parts.expiries.saw(view);
        this.parts.learnings.saw(view);
        this.parts.uses.saw(view);
        if (marks.isForced) {
            await removals.setAsideUnseen(view.system);
        }
        journal.files(view);
        journal.learning(view.moment);
        await order({ deps, jobs, starts }, view, marks);
        journal.looking(null);
    }

    /** Whatever is wrong with dom0 concerns all, and may be mended. */
    private retryLater(error: unknown): void {
        if (!(error instanceof Failure)) {
            throw error;
        }
        this.parts.journal.looking(error.message);
        this.failures += 1;
        this.callOffRetry = this.parts.clock.after(
            waitAfter(this.failures),
            () => this.begin(),
        );
    }
}
