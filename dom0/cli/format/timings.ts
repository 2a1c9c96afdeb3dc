// Where the time of a command went, for people.
import type { Traced } from '../../../shared/io/trace.ts';
import { toPrintable } from '../../../shared/printable.ts';
import type { Timing } from '../../../shared/protocol/timings.ts';
import { timingsIn } from '../../core/agent-timings.ts';

const widest = 60;

/** What an agent did stands below its call, by a clock of its own. */
export function formatTimings(traced: readonly Traced[]): string {
    const lines = traced.flatMap(({ outcome, ...own }) => [
        lineOf(own, ''),
        ...(outcome === null
            ? []
            : timingsIn(outcome).map((each) => lineOf(each, '    '))),
    ]);
    return ['milliseconds since the start:', ...lines]
        .map((line) => `${line}\n`)
        .join('');
}

function lineOf({ what, began, ended }: Timing, indent: string): string {
    const [from, to] = [began, ended].map((time) =>
        time.toFixed(0).padStart(6),
    );
    return `${indent}${from} ..${to}  ${toPrintable(what, widest)}`;
}
