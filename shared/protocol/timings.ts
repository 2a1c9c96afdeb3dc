// What an agent says of its own time: for people who wonder, nothing hangs on
// it.
import * as v from 'valibot';
import { limits } from './limits.ts';
import { boundedText, counter } from './schema.ts';

/** Whole milliseconds since the agent's process started. */
const timing = v.strictObject({
    what: boundedText,
    began: counter,
    ended: counter,
});

/** One more than the programs that were run, at most: the last one is all. */
export const timings = v.pipe(v.array(timing), v.maxLength(limits.timings));

export type Timing = v.InferOutput<typeof timing>;

/** Enough to tell one program from another. */
const mostCharacters = 100;

/** As they are sent: of too many the first ones, and the last. */
export function boundedTimings(all: readonly Timing[]): Timing[] {
    const last = all.slice(-1);
    return [...all.slice(0, -1).slice(0, limits.timings - 1), ...last].map(
        ({ what, began, ended }) => ({
            what: what.slice(0, mostCharacters),
            began: Math.round(began),
            ended: Math.round(ended),
        }),
    );
}
