// Collects what qubes ask for while they learn: every minute, and once more
// when they have learned enough, or their ProxyVM is about to end.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { type Collectable, collectLearned } from '../collect-learned.ts';
import type { Deps } from '../deps.ts';
import { Failure } from '../failure.ts';
import type { View } from '../view.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** A ProxyVM that is killed loses no more than that. */
const pauseMs = 60_000;

interface Ongoing extends Collectable {
    readonly name: QubeName;
    /** Where it was served last. */
    readonly proxyvm: QubeName;
}

export class Learnings {
    private ongoing: ReadonlyMap<Uuid, Ongoing> = new Map();
    private isWaiting = false;

    private readonly deps: Deps;
    private readonly clock: Clock;
    private readonly journal: Journal;

    constructor(deps: Deps, clock: Clock, journal: Journal) {
        this.deps = deps;
        this.clock = clock;
        this.journal = journal;
    }

    /** What a look found. */
    saw(view: View): void {
        const before = this.ongoing;
        this.ongoing = ongoingIn(view);
        for (const [uuid, each] of before) {
            const now = this.ongoing.get(uuid);
            if (now?.since !== each.since || now.proxyvm !== each.proxyvm) {
                void this.collect(each);
            }
        }
        this.wait();
    }

    /** A ProxyVM that is about to shut down will have forgotten it all. */
    beginsToEnd(name: QubeName): void {
        for (const each of this.ongoing.values()) {
            if (each.proxyvm === name) {
                void this.collect(each);
            }
        }
    }

    private wait(): void {
        if (this.ongoing.size > 0 && !this.isWaiting) {
            this.isWaiting = true;
            this.clock.after(pauseMs, () => void this.collectAll());
        }
    }

    private async collectAll(): Promise<void> {
        for (const each of this.ongoing.values()) {
            await this.collect(each);
        }
        this.isWaiting = false;
        this.wait();
    }

    /** What failed is tried again a minute later, or by `suggest`. */
    private async collect(each: Ongoing): Promise<void> {
        const { name, proxyvm } = each;
        const trouble = await this.troubleWith(each);
        this.journal.collecting(
            name,
            trouble &&
                `what ${name} asks for cannot be collected from ${proxyvm}: ` +
                    trouble,
        );
    }

    private async troubleWith(each: Ongoing): Promise<string | null> {
        try {
            const collected = await collectLearned(
                this.deps,
                each.proxyvm,
                each,
            );
            return collected.ok ? null : collected.error.message;
        } catch (error) {
            if (error instanceof Failure) {
                return error.message;
            }
            throw error;
        }
    }
}

function ongoingIn({ system, placements, moment }: View) {
    const ongoing = new Map<Uuid, Ongoing>();
    for (const { uuid, name } of system.values()) {
        const learner = moment.learners.get(uuid);
        const placement = placements.get(name);
        if (learner !== undefined && placement?.kind === 'served') {
            const { proxyvm } = placement;
            ongoing.set(uuid, { uuid, name, since: learner.since, proxyvm });
        }
    }
    return ongoing;
}
