import { noProgress, type Progress } from '../progress.ts';
import { sayingInterrupts } from './interrupts.ts';
import type { Flags } from './option-table.ts';
import { progressOn } from './progress.ts';
import type { Streams } from './run.ts';

/** How far a command is, as far as its flags want that to be seen. */
export function progressFor(flags: Flags, streams: Streams): Progress {
    const { terminal } = streams;
    const isUnwanted = flags.json === true || flags.quiet === true;
    const seen =
        terminal === null || isUnwanted ? noProgress : progressOn(terminal);
    return sayingInterrupts(seen, streams);
}
