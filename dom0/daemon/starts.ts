// The qubes that start, as far as events have told.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { longestStartMs, stillStarting } from '../core/starting.ts';
import type { Deps } from '../deps.ts';
import type { CallOff, Clock } from './clock.ts';

interface Start {
    readonly since: number;
    readonly callOff: CallOff;
}

export class Starts {
    private readonly starts = new Map<QubeName, Start>();
    private isStored = false;

    private readonly deps: Pick<Deps, 'starting' | 'monotonicMs'>;
    private readonly clock: Clock;
    private readonly onOverdue: (qube: QubeName) => void;

    constructor(
        deps: Pick<Deps, 'starting' | 'monotonicMs'>,
        clock: Clock,
        onOverdue: (qube: QubeName) => void,
    ) {
        this.deps = deps;
        this.clock = clock;
        this.onOverdue = onOverdue;
    }

    begin(qube: QubeName): void {
        this.end(qube);
        this.count(qube, this.deps.monotonicMs());
    }

    end(qube: QubeName): void {
        this.starts.get(qube)?.callOff();
        if (this.starts.delete(qube)) {
            this.isStored = false;
        }
    }

    has(qube: QubeName): boolean {
        return this.starts.has(qube);
    }

    /** Those of before this program was started count on. */
    async recall(): Promise<void> {
        const before = await this.deps.starting.read();
        const still = stillStarting(before, this.deps.monotonicMs());
        for (const [qube, since] of still) {
            this.count(qube, since);
        }
    }

    /** Lets everybody know who looks from now on. */
    async store(): Promise<void> {
        if (!this.isStored) {
            this.isStored = true;
            const starts = [...this.starts];
            try {
                await this.deps.starting.write(
                    new Map(starts.map(([qube, { since }]) => [qube, since])),
                );
            } catch (error) {
                this.isStored = false;
                throw error;
            }
        }
    }

    private count(qube: QubeName, since: number): void {
        const leftMs = since + longestStartMs - this.deps.monotonicMs();
        const callOff = this.clock.after(leftMs, () => {
            this.end(qube);
            this.onOverdue(qube);
        });
        this.starts.set(qube, { since, callOff });
        this.isStored = false;
    }
}
