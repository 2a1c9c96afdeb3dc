// The daemon's part in counting how rules are used: a ProxyVM keeps its
// counters in memory only, so they are asked for now and then, and before they
// are lost.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import {
    type Collected,
    collectUsage,
    collectUsageOf,
} from '../collect-usage.ts';
import {
    type Client,
    clientsIn,
    countingProxyvms,
} from '../core/usage/usage-of-files.ts';
import type { Deps } from '../deps.ts';
import { Failure } from '../failure.ts';
import type { View } from '../view.ts';
import type { Journal } from './journal.ts';
import { Queues } from './queues.ts';

export class Uses {
    private last: View | null = null;
    private isRunning = false;
    /** All are to be asked, as soon as there is a look. */
    private isDue = true;
    private next: View | null = null;
    /** Whose counters, or clients, are about to go, as it was before. */
    private readonly leaving: Queues<View>;

    private readonly deps: Deps;
    private readonly journal: Journal;

    constructor(deps: Deps, journal: Journal) {
        this.deps = deps;
        this.journal = journal;
        this.leaving = new Queues(together, (proxyvm, before) =>
            // It may be gone already. What else is wrong the next look tells.
            collectUsageOf(deps, before, proxyvm),
        );
    }

    /** Files may have been changed, or time has passed. */
    mark(): void {
        this.isDue = true;
    }

    /** What a look found. */
    saw(view: View): void {
        this.last = view;
        if (this.isDue) {
            this.isDue = false;
            this.next = view;
            this.begin();
        }
    }

    /**
     * A ProxyVM that is about to shut down will lose its counters; so will one
     * whose last client does.
     */
    beginsToEnd(name: QubeName): void {
        this.askAbout(({ qube }) => qube.name === name || qube.netvm === name);
    }

    /**
     * A qube has ended. Its ProxyVM may still have its counters; a disposable is
     * removed, and known no more.
     */
    hasEnded(name: QubeName): void {
        this.askAbout(({ qube }) => qube.name === name);
    }

    private askAbout(isMeant: (client: Client) => boolean): void {
        const view = this.last;
        if (view !== null) {
            const clients = clientsIn(view).filter(isMeant);
            for (const proxyvm of countingProxyvms(clients)) {
                this.leaving.add(proxyvm, view);
            }
        }
    }

    private begin(): void {
        if (!this.isRunning) {
            this.isRunning = true;
            void this.collectWhileWanted();
        }
    }

    private async collectWhileWanted(): Promise<void> {
        while (this.next !== null) {
            const view = this.next;
            this.next = null;
            const trouble = await troubleOf(collectUsage(this.deps, view));
            this.journal.uses(trouble);
        }
        this.isRunning = false;
    }
}

/** With the qubes that only the first one knows. */
function together(before: View, added: View): View {
    return { ...added, system: new Map([...before.system, ...added.system]) };
}

/** What is not added now is added by the next one, if it is not lost. */
async function troubleOf(doing: Promise<Collected>): Promise<string | null> {
    try {
        return describe(await doing);
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        return error.message;
    }
}

/** Null: nothing is wrong. */
function describe({ failures, problems }: Collected): string | null {
    const all = [
        ...[...failures].map(
            ([proxyvm, { message }]) => `${proxyvm}: ${message}`,
        ),
        ...problems.map(({ file, message }) => `${file}: ${message}`),
    ];
    return all.length === 0
        ? null
        : `uses of rules are not counted: ${all.join('; ')}`;
}
