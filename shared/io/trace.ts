// What took how long in one run of a program.
import type { Timing } from '../protocol/timings.ts';
import type { CommandOutcome, RunCommand } from './run-command.ts';

export interface Traced extends Timing {
    /** Of a program that was run. */
    readonly outcome: CommandOutcome | null;
}

/** Notes what is run, from when it is begun. All times are performance.now(). */
export class Trace {
    #traced: Traced[] | null = null;

    /** What came before has taken until now: it is called that. */
    begin(before: string): void {
        const ended = performance.now();
        this.#traced = [{ what: before, began: 0, ended, outcome: null }];
    }

    /** Runs programs in the same way, and notes each. */
    around(run: RunCommand): RunCommand {
        return async (file, args, options) => {
            const began = performance.now();
            const outcome = await run(file, args, options);
            const ended = performance.now();
            const what = [file, ...args].join(' ');
            this.#traced?.push({ what, began, ended, outcome });
            return outcome;
        };
    }

    /** In the order in which they began, and at last all of it until now. */
    end(): Traced[] {
        const traced = this.#traced ?? [];
        this.#traced = null;
        const ended = performance.now();
        const all = { what: 'all of it', began: 0, ended, outcome: null };
        return [...traced.toSorted((a, b) => a.began - b.began), all];
    }
}
