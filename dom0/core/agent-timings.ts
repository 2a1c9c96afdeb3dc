// What the agent said of its own time, in whatever it answered.
import * as v from 'valibot';
import type { CommandOutcome } from '../../shared/io/run-command.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { type Timing, timings } from '../../shared/protocol/timings.ts';

const anyAnswer = v.object({ timings });

/** Nothing of what is no answer, or one without them. */
export function timingsIn({ stdout }: CommandOutcome): readonly Timing[] {
    const decoded = decode(anyAnswer, stdout, limits.answerBytes);
    return decoded.ok ? decoded.value.timings : [];
}
