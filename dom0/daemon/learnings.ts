// Collects what qubes ask for while they learn: every minute, and once more
// when they have learned enough, or their ProxyVM is about to end.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { askSince, type Collectable, keepLearned } from '../collect-learned.ts';
import type { Deps } from '../deps.ts';
import type { View } from '../view.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import { Queues } from './queues.ts';
import { troubleOf } from './trouble-of.ts';

/** A ProxyVM that is killed loses no more than that. */
const pauseMs = 60_000;

interface Ongoing extends Collectable {
    readonly name: QubeName;
    /** Where it was served last. */
    readonly proxyvm: QubeName;
}

/** By whose they are, and of which learning. */
type Learners = ReadonlyMap<string, Ongoing>;

export class Learnings {
    private ongoing: ReadonlyMap<Uuid, Ongoing> = new Map();
    private isWaiting = false;
    private readonly queues: Queues<Learners>;

    private readonly deps: Deps;
    private readonly clock: Clock;
    private readonly journal: Journal;

    constructor(deps: Deps, clock: Clock, journal: Journal) {
        this.deps = deps;
        this.clock = clock;
        this.journal = journal;
        this.queues = new Queues(
            (before, added) => new Map([...before, ...added]),
            (proxyvm, learners) => this.collect(proxyvm, learners),
        );
    }

    /** What a look found. */
    saw(view: View): void {
        const before = this.ongoing;
        this.ongoing = ongoingIn(view);
        for (const [uuid, each] of before) {
            const now = this.ongoing.get(uuid);
            if (now?.since !== each.since || now.proxyvm !== each.proxyvm) {
                this.add(each);
            }
        }
        this.wait();
    }

    /** A ProxyVM that is about to shut down will have forgotten it all. */
    beginsToEnd(name: QubeName): void {
        for (const each of this.ongoing.values()) {
            if (each.proxyvm === name) {
                this.add(each);
            }
        }
    }

    private wait(): void {
        if (this.ongoing.size > 0 && !this.isWaiting) {
            this.isWaiting = true;
            this.clock.after(pauseMs, () => this.addAll());
        }
    }

    private addAll(): void {
        const learners = [...this.ongoing.values()];
        // One that hangs is not asked again and again.
        const asked = new Set(
            learners
                .map(({ proxyvm }) => proxyvm)
                .filter((proxyvm) => !this.queues.isBusy(proxyvm)),
        );
        for (const each of learners) {
            if (asked.has(each.proxyvm)) {
                this.add(each);
            }
        }
        this.isWaiting = false;
        this.wait();
    }

    private add(each: Ongoing): void {
        const { uuid, since, proxyvm } = each;
        this.queues.add(proxyvm, new Map([[`${uuid} ${since}`, each]]));
    }

    /** What failed is tried again a minute later, or by `suggest`. */
    private async collect(
        proxyvm: QubeName,
        learners: Learners,
    ): Promise<void> {
        const all = [...learners.values()];
        const sinces = all.map(({ since }) => since);
        const told = await askSince(this.deps, proxyvm, sinces);
        for (const each of all) {
            const trouble = told.ok
                ? await troubleOf(keepLearned(this.deps, told.value, each))
                : told.error.message;
            const { name } = each;
            this.journal.collecting(
                name,
                trouble &&
                    `what ${name} asks for cannot be collected from ` +
                        `${proxyvm}: ${trouble}`,
            );
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
