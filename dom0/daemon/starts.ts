// The qubes that start, as far as events have told.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { stillStarting } from '../core/starting.ts';
import type { Deps } from '../deps.ts';

export class Starts {
    private readonly since = new Map<QubeName, number>();
    private isStored = false;

    private readonly deps: Pick<Deps, 'starting' | 'monotonicMs'>;

    constructor(deps: Pick<Deps, 'starting' | 'monotonicMs'>) {
        this.deps = deps;
    }

    begin(qube: QubeName): void {
        this.since.set(qube, this.deps.monotonicMs());
        this.isStored = false;
    }

    end(qube: QubeName): void {
        if (this.since.delete(qube)) {
            this.isStored = false;
        }
    }

    /** Those of before this program was started count on. */
    async recall(): Promise<void> {
        const before = await this.deps.starting.read();
        const still = stillStarting(before, this.deps.monotonicMs());
        for (const [qube, since] of still) {
            this.since.set(qube, since);
        }
    }

    /** Lets everybody know who looks from now on. */
    async store(): Promise<void> {
        if (!this.isStored) {
            this.isStored = true;
            const still = stillStarting(this.since, this.deps.monotonicMs());
            try {
                await this.deps.starting.write(still);
            } catch (error) {
                this.isStored = false;
                throw error;
            }
        }
    }
}
