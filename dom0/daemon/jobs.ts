// One run at a time for each ProxyVM, others meanwhile, and another try later
// after a failure.
import type { QubeName } from '../../shared/domain/qube-name.ts';
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
    failures: number;
    callOffRetry: CallOff | null;
}

export class Jobs {
    private readonly entries = new Map<QubeName, Entry>();

    private readonly work: Work;
    private readonly clock: Clock;

    constructor(work: Work, clock: Clock) {
        this.work = work;
        this.clock = clock;
    }

    /** There is news of it: it is done at once, or once more. */
    want(proxyvm: QubeName, job: Job): void {
        const entry = this.entryOf(proxyvm);
        entry.wanted = both(entry.wanted, job);
        entry.callOffRetry?.();
        entry.callOffRetry = null;
        this.begin(proxyvm, entry);
    }

    /** There is none, it is only still to be done: a wait goes on. */
    remind(proxyvm: QubeName, job: Job): void {
        const entry = this.entryOf(proxyvm);
        if (entry.callOffRetry === null) {
            this.want(proxyvm, job);
        }
    }

    private entryOf(proxyvm: QubeName): Entry {
        const entry = this.entries.get(proxyvm) ?? {
            wanted: null,
            isRunning: false,
            failures: 0,
            callOffRetry: null,
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
            failed = (await this.work(proxyvm, job)) ? null : job;
            entry.failures = failed === null ? 0 : entry.failures + 1;
        }
        entry.isRunning = false;
        if (failed === null) {
            this.entries.delete(proxyvm);
        } else {
            this.retryLater(proxyvm, entry, failed);
        }
    }

    private retryLater(proxyvm: QubeName, entry: Entry, failed: Job): void {
        entry.callOffRetry = this.clock.after(waitAfter(entry.failures), () =>
            this.want(proxyvm, { ...failed, because: ['another try'] }),
        );
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
