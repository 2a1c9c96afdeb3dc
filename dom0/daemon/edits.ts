// Changes that were made by hand get into the history before the next one.
import type { Deps } from '../deps.ts';
import { recordEdits } from '../history.ts';
import type { Journal } from './journal.ts';
import { Repeated } from './repeated.ts';
import { troubleOf } from './trouble-of.ts';

export class Edits {
    private readonly recording: Repeated;

    constructor(deps: Deps, journal: Journal) {
        // What cannot be recorded now is seen again by the next look.
        this.recording = new Repeated(async () =>
            journal.history(await troubleOf(recordEdits(deps))),
        );
    }

    /** Files may have been changed: they are looked at, one look at a time. */
    mark(): void {
        this.recording.want();
    }
}
