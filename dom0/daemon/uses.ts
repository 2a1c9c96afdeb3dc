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
import type { View } from '../view.ts';
import type { Journal } from './journal.ts';
import { Queues } from './queues.ts';
import { Repeated } from './repeated.ts';
import { troubleOf } from './trouble-of.ts';

export class Uses {
    private last: View | null = null;
    /** All are to be asked, as soon as there is a look. */
    private isDue = true;
    /** Whose counters, or clients, are about to go, as it was before. */
    private readonly leaving: Queues<View>;
    private readonly collecting: Repeated<View>;

    constructor(deps: Deps, journal: Journal) {
        // What is not added now is added by the next one, if it is not lost.
        this.collecting = new Repeated(async (view) =>
            journal.uses(await troubleOf(collectUsage(deps, view), describe)),
        );
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
            this.collecting.want(view);
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
}

/** With the qubes that only the first one knows. */
function together(before: View, added: View): View {
    return { ...added, system: new Map([...before.system, ...added.system]) };
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
