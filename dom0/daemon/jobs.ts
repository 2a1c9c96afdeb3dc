// One run at a time for each ProxyVM, others meanwhile, and another try later
// after a failure.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Pending } from '../core/daemon-state.ts';
import { type CallOff, type Clock, waitAfter } from './clock.ts';
import { addReasons } from './reasons.ts';

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
    /** What it was only reminded of while it ran. */
    reminder: Job | null;
    isRunning: boolean;
    /** What it is at, or was last. */
    because: readonly string[];
    failures: number;
    /** While it waits for another try. */
    retry: { readonly at: Date; readonly callOff: CallOff } | null;
    /** Of what failed: it is still to be done so, whatever is wanted next. */
    isForced: boolean;
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

    /** The ProxyVMs that are being visited. */
    underWay(): QubeName[] {
        return [...this.entries].flatMap(([proxyvm, { isRunning }]) =>
            isRunning ? [proxyvm] : [],
        );
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
        if (entry.isRunning) {
            entry.reminder = both(entry.reminder, job);
        } else if (entry.retry === null) {
            this.want(proxyvm, job);
        }
    }

    private entryOf(proxyvm: QubeName): Entry {
        const entry = this.entries.get(proxyvm) ?? {
            wanted: null,
            reminder: null,
            isRunning: false,
            because: [],
            failures: 0,
            retry: null,
            isForced: false,
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
        while (entry.wanted !== null) {
            const { because, isForced } = entry.wanted;
            entry.wanted = null;
            entry.because = because;
            entry.isForced ||= isForced;
            this.onChange();
            const job = { because, isForced: entry.isForced };
            this.note(entry, await this.work(proxyvm, job));
        }
        entry.isRunning = false;
        if (entry.failures === 0) {
            this.entries.delete(proxyvm);
        } else {
            this.retryLater(proxyvm, entry);
        }
        this.onChange();
    }

    /** After a failure a reminder waits as what failed does. */
    private note(entry: Entry, isDone: boolean): void {
        if (isDone) {
            entry.failures = 0;
            entry.isForced = false;
            entry.wanted ??= entry.reminder;
        } else {
            entry.failures += 1;
        }
        entry.reminder = null;
    }

    private retryLater(proxyvm: QubeName, entry: Entry): void {
        const job = { because: ['another try'], isForced: false };
        const waitMs = waitAfter(entry.failures);
        const callOff = this.clock.after(waitMs, () => this.want(proxyvm, job));
        const at = new Date(this.clock.now().getTime() + waitMs);
        entry.retry = { at, callOff };
    }
}

function both(earlier: Job | null, later: Job): Job {
    return earlier === null
        ? later
        : {
              because: addReasons(earlier.because, later.because),
              isForced: earlier.isForced || later.isForced,
          };
}
