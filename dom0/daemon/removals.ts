// Rule files of qubes that are removed, seen or unseen, are set aside.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Qube, System } from '../core/qube.ts';
import type { Deps } from '../deps.ts';
import { setAsideOrphans, setAsideRulesOf } from '../set-aside.ts';
import type { Journal } from './journal.ts';

export class Removals {
    /** As they were last seen: an event has the name only. */
    private readonly gone = new Map<QubeName, Qube>();
    private last: System = new Map();

    private readonly deps: Deps;
    private readonly journal: Journal;

    /** `deps` ask Qubes itself: what is remembered may lack a new qube. */
    constructor(deps: Deps, journal: Journal) {
        this.deps = deps;
        this.journal = journal;
    }

    /** What a look found. */
    saw(system: System): void {
        this.last = system;
    }

    /** One that was made and removed between two looks left nothing. */
    remove(name: QubeName): void {
        const qube = this.last.get(name);
        if (qube !== undefined) {
            this.gone.set(name, qube);
        }
    }

    /** Those of which it was heard. */
    async setAsideGone(): Promise<void> {
        for (const [name, qube] of this.gone) {
            const file = await setAsideRulesOf(this.deps, qube);
            this.gone.delete(name);
            this.journal.setAside(file === null ? [] : [file]);
        }
    }

    /** Those that were removed while nobody listened. */
    async setAsideUnseen(system: System): Promise<void> {
        this.journal.setAside(await setAsideOrphans(this.deps, system));
    }
}
