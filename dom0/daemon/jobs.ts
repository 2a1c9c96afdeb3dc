// One run at a time for each ProxyVM, others meanwhile, and another try later
// after a failure.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Pending } from '../core/daemon-state.ts';
import { type CallOff, type Clock, waitAfter } from './clock.ts';

/** Why a ProxyVM is looked at; what is wanted while it runs is one run. */
export interface Job {
    readonly because: readonly string[];
    /** Also if it is known to be up to date. */
    readonly isForced: boolean;
}

/** Does a job; false if there is to be another try. It does not throw. */
export type Work = (proxyvm: QubeName, job: Job) => Promise<boolean>;

interface Entry {
    wanted: Job | null;
    isRunning: boolean;
    /** What it is at, or was last. */
    because: readonly string[];
    failures: number;
    /** While it waits for another try. */
    retry: { readonly at: Date; readonly callOff: CallOff } | null;
}

export class Jobs {
    private readonly entries = new Map<QubeName, Entry>();

    private readonly work: Work;
    private readonly clock: Clock;
    private readonly onChange: () => void;

    constructor(work: Work, clock: Clock, onChange: () => void) {
        this.work = work;
        this.clock = clock;
        this.onChange = onChange;
    }

    /** What is being done, or will be. */
    pending(): Pending[] {
        return [...this.entries].map(([proxyvm, entry]) => ({
            proxyvm,
            because: [...entry.because],
            failures: entry.failures,
            nextTry: entry.retry?.at.toISOString() ?? null,
        }));
    }

    /** There is news of it: it is done at once, or once more. */
    want(proxyvm: QubeName, job: Job): void {
        const entry = this.entryOf(proxyvm);
        entry.wanted = both(entry.wanted, job);
        entry.retry?.callOff();
        entry.retry = null;
        this.begin(proxyvm, entry);
    }

    /** There is none, it is only still to be done: a wait goes on. */
    remind(proxyvm: QubeName, job: Job): void {
        const entry = this.entryOf(proxyvm);
        if (entry.retry === null) {
            this.want(proxyvm, job);
        }
    }

    private entryOf(proxyvm: QubeName): Entry {
        const entry = this.entries.get(proxyvm) ?? {
            wanted: null,
            isRunning: false,
            because: [],
            failures: 0,
            retry: null,
        };
        this.entries.set(proxyvm, entry);
        return entry;
    }

    private begin(proxyvm: QubeName, entry: Entry): void {
        if (!entry.isRunning) {
            entry.isRunning = true;
            void this.runAll(proxyvm, entry);
        }
    }

    private async runAll(proxyvm: QubeName, entry: Entry): Promise<void> {
        let failed: Job | null = null;
        while (entry.wanted !== null) {
            const job = entry.wanted;
            entry.wanted = null;
            entry.because = job.because;
            this.onChange();
            failed = (await this.work(proxyvm, job)) ? null : job;
            entry.failures = failed === null ? 0 : entry.failures + 1;
        }
        entry.isRunning = false;
        if (failed === null) {
            this.entries.delete(proxyvm);
        } else {
            this.retryLater(proxyvm, entry, failed);
        }
        this.onChange();
    }

    private retryLater(proxyvm: QubeName, entry: Entry, failed: Job): void {
        const waitMs = waitAfter(entry.failures);
        const callOff = this.clock.after(waitMs, () =>
            this.want(proxyvm, { ...failed, because: ['another try'] }),
        );
        const at = new Date(this.clock.now().getTime() + waitMs);
        entry.retry = { at, callOff };
    }
}

function both(earlier: Job | null, later: Job): Job {
    return earlier === null
        ? later
        : {
              because: [...new Set([...earlier.because, ...later.because])],
              isForced: earlier.isForced || later.isForced,
          };
}
